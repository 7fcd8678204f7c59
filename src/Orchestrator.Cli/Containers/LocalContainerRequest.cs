using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Containers;

/// <summary>What the user wants to run.</summary>
internal sealed record LocalContainerRequest
{
    private const long CpuPeriodMicroseconds = 100_000;
    private const string LogName = "container.log";

    public required string Name { get; init; }

    /// <summary>As the user wrote it.</summary>
    public required string Image { get; init; }

    /// <summary>Replaces the image's own when not empty.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public IReadOnlyList<Mount> Mounts { get; init; } = [];
    public long? MemoryBytes { get; init; }
    public double? Cpus { get; init; }

    /// <summary>Whether it shares the machine's network; else it has none but loopback.</summary>
    public bool HostNetwork { get; init; } = true;

    public bool Stdin { get; init; }
    public bool Tty { get; init; }

    /// <summary>Whether one client starts it and stays: its output waits for that client, its input ends with it.</summary>
    public bool InForeground { get; init; }

    public bool RemoveWhenEnded { get; init; }

    public PodSandboxConfig ToSandbox(LocalContainerPaths paths) => new()
    {
        Metadata = new PodSandboxMetadata(Name, "", Name, 0),
        Hostname = HostNetwork ? System.Environment.MachineName : Name,
        LogDirectory = paths.Data,
        CgroupParent = paths.Cgroup,
        Namespaces = Namespaces,
    };

    public ContainerConfig ToContainer(string imageId) => new()
    {
        Metadata = new ContainerMetadata(Name, 0),
        Image = imageId,
        UserSpecifiedImage = Image,
        Command = Command,
        Environment = Environment,
        Mounts = HostNetwork ? [new Mount("/etc/hosts", "/etc/hosts", ReadOnly: true), .. Mounts] : Mounts,
        LogPath = LogName,
        Stdin = Stdin,
        StdinOnce = InForeground,
        Tty = Tty,
        Resources = new LinuxResources
        {
            MemoryLimitBytes = MemoryBytes ?? 0,
            CpuPeriodMicroseconds = Cpus is null ? 0 : CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = (long)((Cpus ?? 0) * CpuPeriodMicroseconds),
        },
        Security = new ContainerSecurity { Namespaces = Namespaces },
    };

    private NamespaceOptions Namespaces => new(Network: HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod);
}
