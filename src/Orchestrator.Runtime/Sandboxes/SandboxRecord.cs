using System.Collections.Concurrent;
using System.Net;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>A pod's sandbox in memory. Verbs that change it hold <see cref="Gate"/>; what readers see is swapped whole.</summary>
internal sealed class SandboxRecord(string id, string directory, PodSandboxConfig config, DateTimeOffset createdAt)
{
    private volatile IReadOnlyList<IPAddress> addresses = [];
    private volatile ShimClient? shim;

    public string Id { get; } = id;

    public string Directory { get; } = directory;

    public PodSandboxConfig Config { get; } = config;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ConcurrentDictionary<string, ContainerRecord> Containers { get; } = [];

    public int ShimProcessId { get; set; }

    public bool IsStopped { get; set; }

    /// <summary>Null once the shim is gone, for whatever reason.</summary>
    public ShimClient? Shim
    {
        get => shim;
        set => shim = value;
    }

    public IReadOnlyList<IPAddress> Addresses
    {
        get => addresses;
        set => addresses = value;
    }

    public bool UsesHostNetwork => Config.Namespaces.Network == NamespaceMode.Node;

    public string NetworkNamespacePath => UsesHostNetwork ? "" : $"/proc/{ShimProcessId}/ns/net";

    public SandboxDocument ToDocument() =>
        new(Id, Config, CreatedAt, Addresses.Select(static address => address.ToString()).ToArray(), ShimProcessId, IsStopped);

    public PodSandboxStatus ToStatus() => new()
    {
        Id = Id,
        Metadata = Config.Metadata,
        State = Shim is null || IsStopped ? PodSandboxState.NotReady : PodSandboxState.Ready,
        CreatedAt = CreatedAt,
        Addresses = Addresses,
        Labels = Config.Labels,
        Annotations = Config.Annotations,
        NetworkNamespacePath = Shim is null ? "" : NetworkNamespacePath,
    };

    /// <exception cref="RuntimeException">The sandbox is stopped or its shim is gone.</exception>
    public ShimClient RequireShim() =>
        Shim ?? throw new RuntimeException(RuntimeError.FailedPrecondition, $"sandbox {Id} is not ready");
}
