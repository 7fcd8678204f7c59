using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>mkdir(2) and rmdir(2), for single directories whose state the caller does not know.</summary>
public static partial class DirectoryCalls
{
    /// <summary>Makes one directory (mode 0755); one that is there already is no error.</summary>
    public static void Make(string path)
    {
        if (mkdir(path, 0x1ed) != 0 && Marshal.GetLastPInvokeError() != Errno.EEXIST)
            throw LinuxException.FromLastError("mkdir", path);
    }

    /// <returns>0, or the errno of rmdir; a directory that is not there counts as removed.</returns>
    public static int TryRemove(string path)
    {
        if (rmdir(path) == 0)
            return 0;
        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? 0 : errno;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);
}
