using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Cgroups.V1;

/// <summary>A path in the separate hierarchies of cgroup v1 (cgroups(7)). Only hierarchies where the path exists are used.</summary>
internal sealed class Cgroup(CgroupLayout layout, string path) : ICgroup
{
    private static readonly (CgroupControllers Controller, string Name)[] Names =
    [
        (CgroupControllers.Cpu, "cpu"), (CgroupControllers.CpuAccount, "cpuacct"), (CgroupControllers.Memory, "memory"),
        (CgroupControllers.Pids, "pids"), (CgroupControllers.Devices, "devices"), (CgroupControllers.Cpuset, "cpuset"),
        (CgroupControllers.Freezer, "freezer"),
    ];

    public string Path { get; } = path;

    public bool Exists => Directories.Count > 0;

    public string? UnifiedDirectory => null;

    public IReadOnlyList<string> JoinFiles => Directories.Select(static directory => directory + "/tasks").ToArray();

    public string? KillFile => Directories is [var first, ..] ? first + "/cgroup.procs" : null;

    public string? OomFile => Find(CgroupControllers.Memory) is { } directory ? directory + "/" + MemoryController.OomFile : null;

    public IReadOnlyList<string> Directories
    {
        get
        {
            // Controllers that are mounted together have one directory.
            var directories = new List<string>();
            foreach (var (_, name) in Names)
            {
                if (DirectoryOf(name) is { } directory && Directory.Exists(directory) && !directories.Contains(directory))
                    directories.Add(directory);
            }

            return directories;
        }
    }

    public void Create(CgroupControllers controllers)
    {
        foreach (var (controller, name) in Names)
        {
            if ((controllers & controller) == 0 || !layout.ControllerMounts.TryGetValue(name, out var mount))
                continue;
            var parent = mount;
            foreach (var part in Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var directory = parent + "/" + part;
                DirectoryCalls.Make(directory);
                if (controller == CgroupControllers.Cpuset)
                    CpusetController.Inherit(directory, parent);
                parent = directory;
            }
        }
    }

    public void Apply(CgroupLimits limits)
    {
        if (Find(CgroupControllers.Cpu) is { } cpu)
            CpuController.Apply(cpu, limits);
        if (Find(CgroupControllers.Memory) is { } memory)
            MemoryController.Apply(memory, limits);
        if (Find(CgroupControllers.Pids) is { } pids)
            PidsController.Apply(pids, limits);
        if (Find(CgroupControllers.Cpuset) is { } cpuset)
            CpusetController.Apply(cpuset, limits);
    }

    public void AllowDevices(IReadOnlyList<DeviceRule> rules)
    {
        if (Find(CgroupControllers.Devices) is { } directory)
            DevicesController.Apply(directory, rules);
    }

    public void KillAsGroupWhenOutOfMemory()
    {
        // v1 has no such switch: the kernel picks one process.
    }

    public void Add(int processId)
    {
        foreach (var directory in Directories)
            CgroupFile.Write(directory, "cgroup.procs", processId);
    }

    public CgroupStatistics? ReadStatistics()
    {
        if (!Exists)
            return null;
        var memory = Find(CgroupControllers.Memory) is { } memoryDirectory ? MemoryController.Read(memoryDirectory) : default;
        return new CgroupStatistics(
            Find(CgroupControllers.CpuAccount) is { } account ? CpuAccountController.ReadUsageNanoseconds(account) : 0,
            memory.UsageBytes, memory.WorkingSetBytes, memory.RssBytes, memory.PageFaults, memory.MajorPageFaults,
            Find(CgroupControllers.Pids) is { } pids ? PidsController.Read(pids) : 0,
            Find(CgroupControllers.Memory) is { } oom ? MemoryController.ReadOomKills(oom) : 0);
    }

    public IReadOnlyList<int> ReadProcesses() => KillFile is { } file ? ProcessList.Read(file) : [];

    public void Kill()
    {
        // Members can fork while the list is read; a second look finds what the first missed.
        const int rounds = 3;
        for (var round = 0; round < rounds && KillFile is { } file; round++)
        {
            foreach (var directory in CgroupTree.DepthFirst(System.IO.Path.GetDirectoryName(file)!))
            {
                foreach (var processId in ProcessList.Read(directory + "/cgroup.procs"))
                    Signals.Send(processId, Signals.Kill);
            }
        }
    }

    public void SetFrozen(bool frozen)
    {
        if (Find(CgroupControllers.Freezer) is { } directory)
            FreezerController.Set(directory, frozen);
        else if (frozen)
            throw new LinuxException(Errno.ENOENT, "freeze", Path, "the cgroup was not made with the freezer");
    }

    public bool TryRemove() => Directories.All(CgroupTree.TryRemove);

    private string? Find(CgroupControllers controller)
    {
        var name = Array.Find(Names, entry => entry.Controller == controller).Name;
        return DirectoryOf(name) is { } directory && Directory.Exists(directory) ? directory : null;
    }

    private string? DirectoryOf(string controller) =>
        layout.ControllerMounts.TryGetValue(controller, out var mount) ? mount + Path : null;
}
