using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>mkdir(2), rmdir(2), and removal of whole trees whatever their file names are.</summary>
public static unsafe partial class DirectoryCalls
{
    private const int RemoveDirectory = 0x200;
    private const int MaximumDepth = 4096;
    private const int EntryNameOffset = 19;
    private const int EntryLengthOffset = 16;
    private const int EntryTypeOffset = 18;
    private const byte TypeDirectory = 4;

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

    /// <summary>
    /// Removes a directory and all below it. Links are removed, not followed, and names need not be text: what a container left
    /// behind may be hostile. A tree that is not there is no error.
    /// </summary>
    public static void RemoveTree(string path)
    {
        Descriptor top;
        try
        {
            top = FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENOENT)
        {
            return;
        }

        using (top)
            Empty(top, path, 0);
        var errno = TryRemove(path);
        if (errno != 0)
            throw new LinuxException(errno, "rmdir", path);
    }

    private static void Empty(Descriptor directory, string path, int depth)
    {
        if (depth > MaximumDepth)
            throw new LinuxException(Errno.ELOOP, "remove", path, "the tree is too deep");
        var buffer = new byte[16 * 1024];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = syscall(SyscallNumber.Getdents64, directory.Number, (nint)start, buffer.Length);
                if (count < 0)
                    throw LinuxException.FromLastError("getdents64", path);
                if (count == 0)
                    return;
                for (var entry = start; entry < start + count; entry += *(ushort*)(entry + EntryLengthOffset))
                    RemoveEntry(directory, entry + EntryNameOffset, entry[EntryTypeOffset], path, depth);
            }
        }
    }

    private static void RemoveEntry(Descriptor directory, byte* name, byte type, string path, int depth)
    {
        if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)))
            return;
        if (type != TypeDirectory && unlinkat(directory.Number, name, 0) == 0)
            return;
        if (type != TypeDirectory && Marshal.GetLastPInvokeError() is not (Errno.EISDIR or Errno.EPERM))
        {
            IgnoreMissing("unlinkat", path);
            return;
        }

        var flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        var number = openat(directory.Number, name, (int)flags, 0);
        if (number < 0)
        {
            IgnoreMissing("openat", path);
            return;
        }

        using (var child = new Descriptor(number))
            Empty(child, path, depth + 1);
        if (unlinkat(directory.Number, name, RemoveDirectory) != 0)
            IgnoreMissing("unlinkat", path);
    }

    private static void IgnoreMissing(string call, string path)
    {
        if (Marshal.GetLastPInvokeError() != Errno.ENOENT)
            throw LinuxException.FromLastError(call, path);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int directory, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int directory, byte* name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c);
}
