using System.Runtime.InteropServices;
using Orchestrator.Linux.Procfs;

namespace Orchestrator.Linux.Mounts;

/// <summary>The mounts of this process's mount namespace (proc_pid_mountinfo(5), umount2(2)).</summary>
public static partial class MountTable
{
    private const int MntDetach = 2;
    private const int UmountNoFollow = 8;

    /// <summary>Mount points at or below a directory, the deepest and latest first.</summary>
    public static IReadOnlyList<string> ListBelow(string directory)
    {
        var prefix = directory.TrimEnd('/') + "/";
        return [.. MountInfo.Parse(File.ReadAllText("/proc/self/mountinfo"))
            .Select(mount => mount.MountPoint)
            .Where(point => point == directory || point.StartsWith(prefix, StringComparison.Ordinal))
            .Reverse()];
    }

    /// <summary>Unmounts everything at or below a directory; what is in use goes when its last user ends (MNT_DETACH).</summary>
    /// <exception cref="LinuxException">A mount could not be detached.</exception>
    public static void UnmountBelow(string directory)
    {
        foreach (var point in ListBelow(directory))
        {
            if (umount2(point, MntDetach | UmountNoFollow) != 0 && Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.ENOENT))
                throw LinuxException.FromLastError("umount2", point);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
