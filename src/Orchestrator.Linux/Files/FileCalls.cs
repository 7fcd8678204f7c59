using Microsoft.Win32.SafeHandles;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>open(2), openat2(2), read(2), write(2), pipe(2), socketpair(2), fcntl(2) and fsync(2). EINTR is handled here.</summary>
public static unsafe partial class FileCalls
{
    private const int FcntlGetFlags = 3;
    private const int FcntlSetFlags = 4;
    private const int AddressFamilyUnix = 1;
    private const int SocketCloseOnExec = 0x80000;

    public static Descriptor Open(string path, OpenFlags flags, uint mode = 0)
    {
        int result;
        do
            result = open(path, (int)(flags | OpenFlags.CloseOnExec), mode);
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return result >= 0 ? new Descriptor(result) : throw LinuxException.FromLastError("open", path);
    }

    /// <summary>Opens a path below a directory that may be hostile: links cannot lead out of it.</summary>
    /// <returns>Null when nothing is there.</returns>
    public static Descriptor? TryOpenInRoot(Descriptor root, string path, OpenFlags flags)
    {
        var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Resolve = (ulong)(ResolveFlags.InRoot | ResolveFlags.NoMagicLinks) };
        var bytes = System.Text.Encoding.UTF8.GetBytes(path + '\0');
        nint result;
        fixed (byte* name = bytes)
        {
            do
                result = syscall(SyscallNumber.OpenAt2, root.Number, (nint)name, (nint)(&how), sizeof(OpenHow));
            while (result < 0 && Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN);
        }

        if (result >= 0)
            return new Descriptor((int)result);
        return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR
            ? null
            : throw LinuxException.FromLastError("openat2", path);
    }

    /// <returns>The bytes read, 0 at the end, or a negated errno (EAGAIN is the usual one).</returns>
    public static int Read(Descriptor descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = read(descriptor.Number, start, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return -errno;
            }
        }
    }

    /// <returns>The bytes written, or a negated errno.</returns>
    public static int Write(Descriptor descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = write(descriptor.Number, start, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return -errno;
            }
        }
    }

    public static (Descriptor Reader, Descriptor Writer) Pipe()
    {
        var ends = stackalloc int[2];
        return pipe2(ends, (int)OpenFlags.CloseOnExec) == 0
            ? (new Descriptor(ends[0]), new Descriptor(ends[1]))
            : throw LinuxException.FromLastError("pipe2");
    }

    /// <summary>A connected pair of unix sockets that keep message boundaries (SOCK_SEQPACKET).</summary>
    public static (Descriptor First, Descriptor Second) SequencedPair()
    {
        const int sequencedPackets = 5;
        var ends = stackalloc int[2];
        return socketpair(AddressFamilyUnix, sequencedPackets | SocketCloseOnExec, 0, ends) == 0
            ? (new Descriptor(ends[0]), new Descriptor(ends[1]))
            : throw LinuxException.FromLastError("socketpair");
    }

    public static void SetNonBlocking(Descriptor descriptor)
    {
        var flags = fcntl(descriptor.Number, FcntlGetFlags, 0);
        if (flags < 0 || fcntl(descriptor.Number, FcntlSetFlags, flags | (int)OpenFlags.NonBlock) < 0)
            throw LinuxException.FromLastError("fcntl");
    }

    public static Descriptor Duplicate(Descriptor descriptor)
    {
        const int duplicateCloseOnExec = 1030;
        var result = fcntl(descriptor.Number, duplicateCloseOnExec, 3);
        return result >= 0 ? new Descriptor(result) : throw LinuxException.FromLastError("fcntl", "F_DUPFD_CLOEXEC");
    }

    /// <summary>Writes the whole text to a file that exists, in one write(2), as control files of /proc and cgroups want it.</summary>
    public static void WriteControl(string path, string text)
    {
        var errno = TryWriteControl(path, text);
        if (errno != 0)
            throw new LinuxException(errno, "write", $"\"{text}\" to {path}");
    }

    /// <returns>0 or the errno of open or write.</returns>
    public static int TryWriteControl(string path, string text)
    {
        var number = open(path, (int)(OpenFlags.WriteOnly | OpenFlags.CloseOnExec), 0);
        if (number < 0)
            return Marshal.GetLastPInvokeError();
        using var file = new Descriptor(number);
        var written = Write(file, System.Text.Encoding.UTF8.GetBytes(text));
        return written < 0 ? -written : 0;
    }

    /// <summary>rename(2): takes the name of what is there, also of a link to a directory, which <see cref="File.Move(string, string)"/> does not.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
            throw LinuxException.FromLastError("rename", $"{from} -> {to}");
    }

    /// <summary>Returns when a file's content, or a directory's names, are on disk.</summary>
    public static void Sync(Descriptor descriptor)
    {
        if (fsync(descriptor.Number) != 0)
            throw LinuxException.FromLastError("fsync");
    }

    /// <summary>Has a file's content on the disk, and of its metadata what is needed to read it (fdatasync(2)).</summary>
    public static void SyncData(Descriptor descriptor)
    {
        if (fdatasync(descriptor.Number) != 0)
            throw LinuxException.FromLastError("fdatasync");
    }

    /// <summary>How long a file is, also one that has no name any more.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static long Length(Descriptor descriptor)
    {
        using var handle = new SafeFileHandle(descriptor.Number, ownsHandle: false);
        return RandomAccess.GetLength(handle);
    }

    /// <summary>Takes room for a part of a file that is to be written, without making the file longer (fallocate(2), KEEP_SIZE).</summary>
    /// <returns>False: the file system has no such thing.</returns>
    /// <exception cref="LinuxException">ENOSPC: there is no room, and none was taken.</exception>
    public static bool TryAllocate(Descriptor descriptor, long offset, long length)
    {
        const int keepSize = 1;
        while (fallocate(descriptor.Number, keepSize, offset, length) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EOPNOTSUPP)
                return false;
            if (errno != Errno.EINTR)
                throw new LinuxException(errno, "fallocate");
        }

        return true;
    }

    /// <summary>Has the kernel forget what it holds of a file and has written: the next read asks the disk (posix_fadvise(2), DONTNEED).</summary>
    public static void DropCache(string path)
    {
        const int dontNeed = 4;
        using var file = Open(path, OpenFlags.ReadOnly);
        var errno = posix_fadvise(file.Number, 0, 0, dontNeed);
        if (errno != 0)
            throw new LinuxException(errno, "posix_fadvise", path);
    }

    /// <summary>
    /// Replaces a file so that a reader, also after the writer's death, sees the old or the new content whole. Nothing is synced: after
    /// a power cut the file may be empty. What must outlive that is for <see cref="DurableFile"/>.
    /// </summary>
    public static void ReplaceAtomically(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        using (var file = Open(temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, 0x180))
        {
            while (!content.IsEmpty)
            {
                var written = Write(file, content);
                if (written < 0)
                    throw new LinuxException(-written, "write", temporary);
                content = content[written..];
            }
        }

        if (rename(temporary, path) != 0)
            throw LinuxException.FromLastError("rename", $"{temporary} -> {path}");
    }

    /// <summary>A whole small file as bytes; null when it does not exist. Works for /proc and cgroup files, whose size reads as 0.</summary>
    public static byte[]? TryReadAll(string path, int limitBytes = 1 << 20)
    {
        var number = open(path, (int)(OpenFlags.ReadOnly | OpenFlags.CloseOnExec), 0);
        if (number < 0)
        {
            return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR or Errno.ENODEV or Errno.ESRCH
                ? null
                : throw LinuxException.FromLastError("open", path);
        }

        using var file = new Descriptor(number);
        return ReadToEnd(file, path, limitBytes);
    }

    public static byte[] ReadToEnd(Descriptor file, string name, int limitBytes = 1 << 20)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var count = Read(file, buffer.AsSpan(length));
            if (count == -Errno.ESRCH || count == -Errno.ENODEV)
                return [];
            if (count < 0)
                throw new LinuxException(-count, "read", name);
            length += count;
            if (count == 0)
                return buffer[..length];
            if (length == buffer.Length)
            {
                if (length >= limitBytes)
                    throw new LinuxException(Errno.E2BIG, "read", name);
                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(int descriptor, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);
}
