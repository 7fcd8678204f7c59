using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>A directory of the unified hierarchy (Documentation/admin-guide/cgroup-v2.rst).</summary>
internal sealed class Cgroup(string mount, string path) : ICgroup
{
    private readonly string directory = mount + path;

    public string Path { get; } = path;

    public bool Exists => Directory.Exists(directory);

    public string? UnifiedDirectory => directory;

    public IReadOnlyList<string> JoinFiles => [];

    public string? KillFile => directory + "/cgroup.kill";

    public string? OomFile => directory + "/" + MemoryController.OomFile;

    public IReadOnlyList<string> Directories => [directory];

    public void Create(CgroupControllers controllers)
    {
        var parent = mount;
        foreach (var part in Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Delegate(parent);
            parent = parent + "/" + part;
            DirectoryCalls.Make(parent);
        }
    }

    public void Apply(CgroupLimits limits)
    {
        CpuController.Apply(directory, limits);
        MemoryController.Apply(directory, limits);
        PidsController.Apply(directory, limits);
        CpusetController.Apply(directory, limits);
    }

    public void AllowDevices(IReadOnlyList<DeviceRule> rules) => DevicesController.Apply(directory, rules);

    public void KillAsGroupWhenOutOfMemory() => MemoryController.KillAsGroup(directory);

    public void Add(int processId) => CgroupFile.Write(directory, "cgroup.procs", processId);

    public CgroupStatistics? ReadStatistics()
    {
        if (!Exists)
            return null;
        var memory = MemoryController.Read(directory);
        return new CgroupStatistics(
            CpuController.ReadUsageNanoseconds(directory), memory.UsageBytes, memory.WorkingSetBytes, memory.RssBytes, memory.PageFaults,
            memory.MajorPageFaults, PidsController.Read(directory), MemoryController.ReadOomKills(directory));
    }

    public IReadOnlyList<int> ReadProcesses() => ProcessList.Read(directory + "/cgroup.procs");

    public void Kill() => CgroupFile.WriteIfPresent(directory, "cgroup.kill", "1");

    public void SetFrozen(bool frozen) => FreezerController.Set(directory, frozen);

    public bool TryRemove() => CgroupTree.TryRemove(directory);

    // A controller works in a cgroup only if the one above passes it on; those that are there already are no error.
    private static void Delegate(string parent)
    {
        var available = (CgroupFile.TryRead(parent, "cgroup.controllers") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var passed = (CgroupFile.TryRead(parent, "cgroup.subtree_control") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var missing = available.Where(name => name is "cpu" or "memory" or "pids" or "cpuset" && Array.IndexOf(passed, name) < 0);
        var text = string.Join(' ', missing.Select(static name => "+" + name));
        if (text.Length > 0)
            CgroupFile.Write(parent, "cgroup.subtree_control", text);
    }
}
