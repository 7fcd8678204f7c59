namespace Orchestrator.Linux.Cgroups;

/// <summary>The way to cgroups on this machine.</summary>
public sealed class CgroupManager(CgroupLayout layout)
{
    public CgroupLayout Layout { get; } = layout;

    /// <param name="path">From the root of the hierarchies; "/" is the root itself.</param>
    public ICgroup Open(string path)
    {
        if (!path.StartsWith('/') || path.Split('/').Contains(".."))
            throw new ArgumentException($"\"{path}\" is not a cgroup path");
        var trimmed = path.TrimEnd('/');
        return Layout.IsUnified ? new V2.Cgroup(Layout.UnifiedMount!, trimmed) : new V1.Cgroup(Layout, trimmed);
    }
}
