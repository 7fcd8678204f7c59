namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Where a node's runtime keeps its things. Directories are made when missing.</summary>
public sealed record RuntimeOptions
{
    /// <summary>
    /// State of sandboxes and containers, and the shims' sockets. Best on a tmpfs such as /run: after a reboot nothing in it is true.
    /// </summary>
    public required string StateDirectory { get; init; }

    /// <summary>Writable layers of containers. Must be on a file system that overlayfs takes as an upper layer.</summary>
    public required string WritableDirectory { get; init; }

    /// <summary>The native orc-shim program.</summary>
    public required string ShimPath { get; init; }

    /// <summary>Where names of localhost seccomp profiles lead (as the kubelet's own default).</summary>
    public string SeccompProfileDirectory { get; init; } = "/var/lib/kubelet/seccomp";

    /// <summary>Size of the /dev/shm that a pod's containers share; 64 MiB as container engines have it.</summary>
    public long SharedMemoryBytes { get; init; } = 64L << 20;

    /// <summary>How long a shim may take to kill its containers and end before it is killed itself.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    internal string SandboxesDirectory => Path.Combine(StateDirectory, "sandboxes");
}
