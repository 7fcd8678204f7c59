using System.Text.Json.Serialization;

namespace Orchestrator.Demo.State;

/// <summary>All that the demo knows of itself and its surroundings.</summary>
internal sealed record Information
{
    public required string Version { get; init; }
    public required string HostName { get; init; }
    public required string PodIp { get; init; }
    public required string PodName { get; init; }
    public required string Namespace { get; init; }
    public required string Node { get; init; }
    public required long Requests { get; init; }
    public required double UptimeSeconds { get; init; }
    public required bool Ready { get; init; }
    public required bool Live { get; init; }
    public required int MemoryHeldMegabytes { get; init; }
    public required int ProcessId { get; init; }
    public required long UserId { get; init; }
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Content by path.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
}

/// <summary>The answer to a name lookup.</summary>
internal sealed record Resolution(string Name, IReadOnlyList<string> Addresses, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Information))]
[JsonSerializable(typeof(Resolution))]
internal sealed partial class DemoJson : JsonSerializerContext;
