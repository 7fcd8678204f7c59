namespace Orchestrator.Linux.Files;

/// <summary>open(2) flags. The values of Directory and NoFollow are those of x64.</summary>
[Flags]
public enum OpenFlags : ulong
{
    ReadOnly = 0,
    WriteOnly = 0x1,
    ReadWrite = 0x2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlock = 0x800,
    Directory = 0x10000,
    NoFollow = 0x20000,
    CloseOnExec = 0x80000,
    Path = 0x200000,
}

/// <summary>RESOLVE_* of openat2(2): what may happen on the way to the file.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossDevice = 0x01,
    NoMagicLinks = 0x02,
    NoSymlinks = 0x04,
    Beneath = 0x08,
    InRoot = 0x10,
}

/// <summary>The S_IFMT part of a mode, inode(7).</summary>
public enum FileKind : uint
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Symlink = 0xA000,
    Socket = 0xC000,
}

/// <summary>What statx(2) says of a file.</summary>
/// <param name="Permissions">The low 12 bits of the mode.</param>
public readonly record struct FileStatus(
    FileKind Kind, uint Permissions, uint Uid, uint Gid, long SizeBytes, long Blocks, ulong Inode, uint Links,
    uint DeviceMajor, uint DeviceMinor, ulong FilesystemDevice, long ModifiedSeconds, uint ModifiedNanoseconds);
