using System.Text.Json.Serialization;

namespace Orchestrator.Network.Pods;

/// <summary>What a sandbox holds, as kept on disk. Written before anything is created for it.</summary>
internal sealed record PodLease(
    string SandboxId, string Address, string HostInterface, string Namespace, string PodName, string PodUid,
    IReadOnlyList<PodLeasePort> Ports);

internal sealed record PodLeasePort(string Protocol, int ContainerPort, int HostPort, string? HostAddress);

/// <summary>Where the search for a free address goes on.</summary>
internal sealed record PodLeaseCursor(string LastAddress);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PodLease))]
[JsonSerializable(typeof(PodLeaseCursor))]
internal sealed partial class PodLeaseJson : JsonSerializerContext;
