using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>
/// openat2(2), mkdirat(2), unlinkat(2), linkat(2), symlinkat(2), mknodat(2), renameat(2), readlinkat(2) and statx(2): calls
/// relative to an open directory, for trees whose content is not to be trusted. Paths are bytes and must end with a NUL. Each
/// call returns zero or the errno, because many refusals are expected by the caller.
/// </summary>
public static unsafe partial class PathAt
{
    private const int AtFdCwd = -100;
    private const int AtRemoveDir = 0x200;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const long SysOpenAt2 = 437;
    private const uint StatxBasicStats = 0x7ff;

    /// <summary>Opens a directory by path, following links: the trusted starting point of all other calls.</summary>
    /// <exception cref="LinuxException">When it does not exist or is not a directory.</exception>
    public static SafeFileHandle OpenDirectory(string path) => OpenTrusted(path, OpenFlags.Directory, 0);

    /// <summary>
    /// Opens a file by path, following links. Unlike <see cref="File.OpenHandle"/> it takes no advisory lock on the side.
    /// </summary>
    /// <exception cref="LinuxException">When it cannot be opened.</exception>
    public static SafeFileHandle OpenTrusted(string path, OpenFlags flags, uint mode)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* p = bytes)
        {
            var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = mode };
            var fd = Syscall(SysOpenAt2, AtFdCwd, p, &how, (nuint)sizeof(OpenHow));
            return fd < 0 ? throw LinuxException.FromLastError("open", path) : new SafeFileHandle((nint)fd, ownsHandle: true);
        }
    }

    public static int Open(
        SafeFileHandle directory, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, ResolveFlags resolve, out SafeFileHandle? file)
    {
        var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = mode, Resolve = (ulong)resolve };
        fixed (byte* p = path)
        {
            long fd;
            do fd = Syscall(SysOpenAt2, Descriptor(directory), p, &how, (nuint)sizeof(OpenHow));
            while (fd < 0 && Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN);
            file = fd < 0 ? null : new SafeFileHandle((nint)fd, ownsHandle: true);
            return Result(fd);
        }
    }

    public static int MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* p = path)
            return Result(mkdirat(Descriptor(directory), p, mode));
    }

    public static int Unlink(SafeFileHandle directory, ReadOnlySpan<byte> path, bool isDirectory = false)
    {
        fixed (byte* p = path)
            return Result(unlinkat(Descriptor(directory), p, isDirectory ? AtRemoveDir : 0));
    }

    /// <summary>Does not follow a symbolic link at <paramref name="oldPath"/>.</summary>
    public static int Link(SafeFileHandle oldDirectory, ReadOnlySpan<byte> oldPath, SafeFileHandle newDirectory, ReadOnlySpan<byte> newPath)
    {
        fixed (byte* o = oldPath)
        fixed (byte* n = newPath)
            return Result(linkat(Descriptor(oldDirectory), o, Descriptor(newDirectory), n, 0));
    }

    public static int Symlink(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        fixed (byte* t = target)
        fixed (byte* p = path)
            return Result(symlinkat(t, Descriptor(directory), p));
    }

    public static int MakeNode(SafeFileHandle directory, ReadOnlySpan<byte> path, FileKind kind, uint permissions, uint major, uint minor)
    {
        fixed (byte* p = path)
            return Result(mknodat(Descriptor(directory), p, (uint)kind | permissions, MakeDevice(major, minor)));
    }

    /// <summary>The link's text in <paramref name="buffer"/>.</summary>
    public static int ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> path, Span<byte> buffer, out int length)
    {
        fixed (byte* p = path)
        fixed (byte* b = buffer)
        {
            var count = readlinkat(Descriptor(directory), p, b, (nuint)buffer.Length);
            length = (int)Math.Max(0, count);
            return Result(count);
        }
    }

    /// <summary>Does not follow a symbolic link at the end of the path. An empty path (one NUL) means the directory itself.</summary>
    public static int Status(SafeFileHandle directory, ReadOnlySpan<byte> path, out FileStatus status)
    {
        StatxBuffer x;
        fixed (byte* p = path)
        {
            var result = statx(Descriptor(directory), p, AtSymlinkNoFollow | AtEmptyPath, StatxBasicStats, &x);
            status = result < 0 ? default : new FileStatus(
                (FileKind)(x.Mode & 0xF000u), x.Mode & 0xFFFu, x.Uid, x.Gid, (long)x.Size, (long)x.Blocks, x.Inode, x.Links,
                x.RdevMajor, x.RdevMinor, ((ulong)x.DevMajor << 32) | x.DevMinor, x.ModifiedSeconds, x.ModifiedNanoseconds);
            return Result(result);
        }
    }

    /// <summary>lchown relative to a directory.</summary>
    public static int SetOwner(SafeFileHandle directory, ReadOnlySpan<byte> path, uint uid, uint gid)
    {
        fixed (byte* p = path)
            return Result(fchownat(Descriptor(directory), p, uid, gid, AtSymlinkNoFollow));
    }

    /// <summary>Follows a symbolic link: never call it on one.</summary>
    public static int SetPermissions(SafeFileHandle directory, ReadOnlySpan<byte> path, uint permissions)
    {
        fixed (byte* p = path)
            return Result(fchmodat(Descriptor(directory), p, permissions, 0));
    }

    /// <summary>Sets access and modification time of a file or of a link itself.</summary>
    public static int SetTimes(SafeFileHandle directory, ReadOnlySpan<byte> path, long seconds, uint nanoseconds)
    {
        var times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        fixed (byte* p = path)
            return Result(utimensat(Descriptor(directory), p, times, AtSymlinkNoFollow));
    }

    /// <summary>Linux' encoding of a device number, makedev(3).</summary>
    private static ulong MakeDevice(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000u) << 32) | ((major & 0xFFFu) << 8) | ((ulong)(minor & 0xFFFFFF00u) << 12) | (minor & 0xFFu);

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static int Result(long value) => value < 0 ? Marshal.GetLastPInvokeError() : 0;

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct statx, the same on every architecture; 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint Uid;
        [FieldOffset(24)] public uint Gid;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(128)] public uint RdevMajor;
        [FieldOffset(132)] public uint RdevMinor;
        [FieldOffset(136)] public uint DevMajor;
        [FieldOffset(140)] public uint DevMinor;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, int directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int directory, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mknodat(int directory, byte* path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(int directory, byte* path, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int directory, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int directory, byte* path, long* times, int flags);
}
