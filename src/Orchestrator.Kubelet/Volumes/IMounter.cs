using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Procfs;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>The few mounts that the kubelet makes itself. Targets lie below its root directory.</summary>
internal interface IMounter
{
    void Tmpfs(string target, long sizeBytes);

    void Bind(SafeFileHandle source, string target);

    void Unmount(string target);

    /// <summary>Mount points at or below a directory, the deepest first.</summary>
    IReadOnlyList<string> MountsBelow(string directory);
}

internal sealed class KernelMounter : IMounter
{
    public void Tmpfs(string target, long sizeBytes) => Mounting.Tmpfs(target, sizeBytes, allowPrograms: true);

    public void Bind(SafeFileHandle source, string target) => Mounting.Bind(source, target);

    public void Unmount(string target) => Mounting.Detach(target);

    public IReadOnlyList<string> MountsBelow(string directory)
    {
        var mounts = MountInfo.Parse(File.ReadAllText("/proc/self/mountinfo"));
        // Later mounts can lie on top of earlier ones, so they go first.
        return [.. mounts.Select(mount => mount.MountPoint).Where(point => point == directory || point.StartsWith(directory + "/", StringComparison.Ordinal)).Reverse()];
    }
}

/// <summary>For nodes without the right to mount: plain directories stand in for tmpfs, and sub-paths are not pinned.</summary>
internal sealed class NoMounter : IMounter
{
    public void Tmpfs(string target, long sizeBytes)
    {
        // A directory is there already; it just is not memory.
    }

    public void Bind(SafeFileHandle source, string target) => throw new NotSupportedException("binding needs the right to mount");

    public void Unmount(string target)
    {
        // Nothing was mounted.
    }

    public IReadOnlyList<string> MountsBelow(string directory) => [];
}
