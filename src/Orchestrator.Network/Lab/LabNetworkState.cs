using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Network.Lab;

/// <summary>The nodes a lab has on this machine, written before anything is created for them, so that a broken run can be undone.</summary>
internal sealed record LabNetworkState(IReadOnlyList<LabNodeState> Nodes)
{
    public static LabNetworkState Empty { get; } = new([]);
}

internal sealed record LabNodeState(string Name, string Address, string? PodRange);

/// <summary>What labs changed on the host: the value before the first one came, for when the last one goes.</summary>
internal sealed record HostNetworkState(IReadOnlyDictionary<string, string> Previous, IReadOnlyList<string> Labs)
{
    public static HostNetworkState Empty { get; } = new(new Dictionary<string, string>(), []);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LabNetworkState))]
[JsonSerializable(typeof(HostNetworkState))]
internal sealed partial class LabNetworkJson : JsonSerializerContext;
