namespace Orchestrator.Linux.Cgroups;

/// <summary>
/// One cgroup by path, whatever the version underneath. It need not exist yet. Members may be called concurrently; a cgroup
/// that vanishes meanwhile reads as empty.
/// </summary>
public interface ICgroup
{
    /// <summary>From the hierarchy's root, e.g. "/orc-lab/node1/kubepods/pod1".</summary>
    string Path { get; }

    bool Exists { get; }

    /// <summary>Makes the cgroup and all above it. One that exists is left as it is.</summary>
    void Create(CgroupControllers controllers = CgroupControllers.Container);

    /// <exception cref="LinuxException">The kernel refused a value, such as a memory limit below what is in use.</exception>
    void Apply(CgroupLimits limits);

    /// <summary>Restricts device use to the rules. Applies to cgroups made below later, too.</summary>
    void AllowDevices(IReadOnlyList<DeviceRule> rules);

    /// <summary>When memory runs out, kill all processes in it together, where the kernel can (v2).</summary>
    void KillAsGroupWhenOutOfMemory();

    /// <summary>Moves a process, with all its threads, into the cgroup.</summary>
    void Add(int processId);

    /// <returns>Null when the cgroup does not exist.</returns>
    CgroupStatistics? ReadStatistics();

    /// <summary>Process ids in the cgroup itself, not in those below.</summary>
    IReadOnlyList<int> ReadProcesses();

    /// <summary>Sends SIGKILL to every process in the cgroup and below. They may take a moment to be gone.</summary>
    void Kill();

    /// <summary>Stops or goes on with every process in the cgroup and below. Thawing what was never frozen does nothing.</summary>
    /// <exception cref="LinuxException">v1: the cgroup was made without the freezer.</exception>
    void SetFrozen(bool frozen);

    /// <summary>Removes the cgroup and those below it.</summary>
    /// <returns>False while processes are left in one of them.</returns>
    bool TryRemove();

    /// <summary>v2: the directory a process can be born in. Null on v1.</summary>
    string? UnifiedDirectory { get; }

    /// <summary>v1: files into which a single-threaded process writes "0" to join. Empty on v2.</summary>
    IReadOnlyList<string> JoinFiles { get; }

    /// <summary>cgroup.kill (v2), or a cgroup.procs (v1) that lists the members.</summary>
    string? KillFile { get; }

    /// <summary>A file whose line "oom_kill N" counts kills for lack of memory.</summary>
    string? OomFile { get; }

    /// <summary>The cgroup's own directories, one per hierarchy.</summary>
    IReadOnlyList<string> Directories { get; }
}
