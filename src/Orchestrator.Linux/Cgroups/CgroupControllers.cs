namespace Orchestrator.Linux.Cgroups;

/// <summary>Which controllers a cgroup is wanted for. On v2 a directory serves all; on v1 each has a hierarchy of its own.</summary>
[Flags]
public enum CgroupControllers
{
    None = 0,
    Cpu = 1,
    CpuAccount = 2,
    Memory = 4,
    Pids = 8,
    Devices = 16,
    Cpuset = 32,
    Freezer = 64,

    /// <summary>What limits and measures a container. Each one left out makes its start a little faster.</summary>
    Container = Cpu | CpuAccount | Memory | Pids | Devices,

    All = Container | Cpuset | Freezer,
}
