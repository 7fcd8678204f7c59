using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Mounts;

/// <summary>mount(2) and umount2(2) in the mount namespace of the calling process.</summary>
public static partial class Mounting
{
    private const ulong NoSetUserId = 0x2;
    private const ulong NoDevices = 0x4;
    private const ulong NoExecute = 0x8;
    private const ulong BindFlag = 0x1000;
    private const int DetachFlag = 2;

    /// <summary>Mounts a tmpfs that honours no device files, set-user-id bits or, unless asked for, programs.</summary>
    /// <param name="sizeBytes">0 leaves the kernel's limit of half the memory.</param>
    public static void Tmpfs(string target, long sizeBytes, bool allowPrograms)
    {
        var flags = NoSetUserId | NoDevices | (allowPrograms ? 0 : NoExecute);
        var data = sizeBytes > 0 ? $"size={sizeBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)},mode=0777" : "mode=0755";
        if (mount("tmpfs", target, "tmpfs", (nuint)flags, data) != 0)
            throw LinuxException.FromLastError("mount", target);
    }

    /// <summary>Binds what an open descriptor stands for, wherever its path leads by now.</summary>
    public static void Bind(SafeFileHandle source, string target)
    {
        var path = $"/proc/self/fd/{source.DangerousGetHandle()}";
        if (mount(path, target, null, (nuint)BindFlag, null) != 0)
            throw LinuxException.FromLastError("mount", target);
        GC.KeepAlive(source);
    }

    /// <summary>Takes a mount away, at once for new users and for good when its last user is done. What is not mounted is no error.</summary>
    public static void Detach(string target)
    {
        if (umount2(target, DetachFlag) != 0 && Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.ENOENT))
            throw LinuxException.FromLastError("umount2", target);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
