using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>getdents64(2): the names in an open directory, as bytes, because file names need not be UTF-8.</summary>
public static unsafe partial class DirectoryEntries
{
    private const long SysGetdents64 = 217;
    private const long SysGetdents64Arm64 = 61;
    private const int NameOffset = 19;

    /// <summary>
    /// The names without "." and "..", each as a byte string (one char per byte, Latin-1), in the order of the bytes. The
    /// handle must be freshly opened: reading moves its position.
    /// </summary>
    /// <exception cref="LinuxException">For example ENOTDIR.</exception>
    public static List<string> Read(SafeFileHandle directory)
    {
        var names = new List<string>();
        var buffer = new byte[32 << 10];
        while (true)
        {
            long count;
            fixed (byte* p = buffer)
                count = Syscall(Number, (int)directory.DangerousGetHandle(), p, (nuint)buffer.Length);
            if (count < 0)
                throw LinuxException.FromLastError("getdents64");
            if (count == 0)
                break;
            Collect(buffer.AsSpan(0, (int)count), names);
        }

        names.Sort(string.CompareOrdinal);
        return names;
    }

    private static long Number => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? SysGetdents64Arm64 : SysGetdents64;

    /// <summary>struct linux_dirent64: inode (8), offset (8), length (2), type (1), name with its NUL.</summary>
    private static void Collect(ReadOnlySpan<byte> records, List<string> names)
    {
        while (records.Length > 0)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var name = records[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                names.Add(Encoding.Latin1.GetString(name));
            records = records[length..];
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, int directory, byte* buffer, nuint size);
}
