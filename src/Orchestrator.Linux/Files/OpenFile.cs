using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>write(2), fchown(2), fchmod(2), futimens(3), fsetxattr(2), fgetxattr(2), flistxattr(2) and flock(2) on an open file.</summary>
public static unsafe partial class OpenFile
{
    /// <exception cref="LinuxException">For example ENOSPC.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            nint written;
            fixed (byte* p = data)
                written = write(Descriptor(file), p, (nuint)data.Length);
            if (written >= 0)
                data = data[(int)written..];
            else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.FromLastError("write");
        }
    }

    /// <summary>Number of bytes read at the file's position; zero at its end.</summary>
    /// <exception cref="LinuxException">For example EIO.</exception>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* p = buffer)
                count = read(Descriptor(file), p, (nuint)buffer.Length);
            if (count >= 0)
                return (int)count;
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.FromLastError("read");
        }
    }

    public static int SetOwner(SafeFileHandle file, uint uid, uint gid) => Result(fchown(Descriptor(file), uid, gid));

    public static int SetPermissions(SafeFileHandle file, uint permissions) => Result(fchmod(Descriptor(file), permissions));

    public static int SetTimes(SafeFileHandle file, long seconds, uint nanoseconds)
    {
        var times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        return Result(futimens(Descriptor(file), times));
    }

    public static int SetAttribute(SafeFileHandle file, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = value)
            return Result(fsetxattr(Descriptor(file), name, p, (nuint)value.Length, 0));
    }

    /// <summary>Null when the file has no such attribute or its filesystem has none at all.</summary>
    public static byte[]? GetAttribute(SafeFileHandle file, string name)
    {
        var buffer = new byte[65536];
        fixed (byte* p = buffer)
        {
            var length = fgetxattr(Descriptor(file), name, p, (nuint)buffer.Length);
            return length < 0 ? null : buffer[..(int)length];
        }
    }

    /// <summary>Names of the extended attributes; empty where the filesystem has none.</summary>
    public static string[] ListAttributes(SafeFileHandle file)
    {
        var buffer = new byte[65536];
        fixed (byte* p = buffer)
        {
            var length = flistxattr(Descriptor(file), p, (nuint)buffer.Length);
            return length <= 0 ? [] : System.Text.Encoding.UTF8.GetString(buffer, 0, (int)length - 1).Split('\0');
        }
    }

    /// <summary>Blocks until the lock is had, unless <paramref name="wait"/> is false.</summary>
    /// <returns>Zero, EWOULDBLOCK (= EAGAIN) or another errno.</returns>
    public static int Lock(SafeFileHandle file, bool exclusive, bool wait)
    {
        const int shared = 1, exclusiveLock = 2, nonBlocking = 4;
        int result;
        do result = flock(Descriptor(file), (exclusive ? exclusiveLock : shared) | (wait ? 0 : nonBlocking));
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return Result(result);
    }

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static int Result(long value) => value < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int file, uint uid, uint gid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(int file, long* times);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(int file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fgetxattr(int file, string name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(int file, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int file, int operation);
}
