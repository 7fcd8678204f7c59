using System.Collections.Concurrent;
using System.Text.Json;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Files;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Bundles;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>What the verbs share: the records, where they are kept, and the node around them.</summary>
internal sealed class RuntimeContext(
    RuntimeOptions options, IImageFilesystem images, IPodNetwork network, CgroupManager cgroups, TimeProvider time, Random random)
{
    private readonly Lock randomLock = new();

    public RuntimeOptions Options { get; } = options;

    public IImageFilesystem Images { get; } = images;

    public IPodNetwork Network { get; } = network;

    public CgroupManager Cgroups { get; } = cgroups;

    public TimeProvider Time { get; } = time;

    public EventHub Events { get; } = new(time);

    public ContainerSpecBuilder SpecBuilder { get; } = new(new SeccompFilters(options.SeccompProfileDirectory));

    public ConcurrentDictionary<string, SandboxRecord> Sandboxes { get; } = [];

    public ConcurrentDictionary<string, ContainerRecord> Containers { get; } = [];

    /// <summary>64 hexadecimal digits, as container ids are everywhere.</summary>
    public string NewId()
    {
        Span<byte> bytes = stackalloc byte[32];
        lock (randomLock)
            random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public string SandboxDirectory(string sandboxId) => Path.Combine(Options.SandboxesDirectory, sandboxId);

    public string ContainerDirectory(SandboxRecord sandbox, string containerId) => Path.Combine(sandbox.Directory, "containers", containerId);

    public string WritableDirectory(string containerId) => Path.Combine(Options.WritableDirectory, containerId);

    /// <exception cref="RuntimeException">NotFound.</exception>
    public SandboxRecord RequireSandbox(string sandboxId) => Sandboxes.TryGetValue(sandboxId, out var sandbox)
        ? sandbox
        : throw new RuntimeException(RuntimeError.NotFound, $"sandbox {sandboxId} is not found");

    /// <exception cref="RuntimeException">NotFound.</exception>
    public ContainerRecord RequireContainer(string containerId) => Containers.TryGetValue(containerId, out var container)
        ? container
        : throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} is not found");

    public ICgroup CgroupOf(ContainerRecord container) => Cgroups.Open(container.CgroupPath);

    public static void Save(SandboxRecord sandbox) => FileCalls.ReplaceAtomically(
        Path.Combine(sandbox.Directory, "sandbox.json"), JsonSerializer.SerializeToUtf8Bytes(sandbox.ToDocument(), RuntimeJson.Default.SandboxDocument));

    public static void Save(ContainerRecord container) => FileCalls.ReplaceAtomically(
        ContainerFiles.Document(container.Directory),
        JsonSerializer.SerializeToUtf8Bytes(container.Document, RuntimeJson.Default.ContainerDocument));

    /// <summary>The limits in the form of cgroups; what the CRI leaves at 0 is not set.</summary>
    public static CgroupLimits ToLimits(LinuxResources resources) => new()
    {
        CpuShares = NullIfZero(resources.CpuShares),
        CpuQuotaMicroseconds = NullIfZero(resources.CpuQuotaMicroseconds),
        CpuPeriodMicroseconds = NullIfZero(resources.CpuPeriodMicroseconds),
        MemoryLimitBytes = NullIfZero(resources.MemoryLimitBytes),
        PidsLimit = NullIfZero(resources.PidsLimit),
        CpusetCpus = string.IsNullOrEmpty(resources.CpusetCpus) ? null : resources.CpusetCpus,
    };

    private static long? NullIfZero(long value) => value == 0 ? null : value;
}
