namespace Orchestrator.Runtime.Snapshots;

internal enum TarEntryType { Regular, HardLink, Symlink, CharacterDevice, BlockDevice, Directory, Fifo }

/// <summary>
/// One header of a tar archive, with its PAX and GNU extensions merged in. Names are byte strings: every char is one byte of
/// the name (Latin-1), because file names in layers need not be UTF-8 and must come out as they went in.
/// </summary>
internal sealed record TarEntry
{
    public required string Name { get; init; }
    public TarEntryType Type { get; init; }
    public string LinkName { get; init; } = "";
    public uint Mode { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public long SizeBytes { get; init; }
    public long ModifiedSeconds { get; init; }
    public uint ModifiedNanoseconds { get; init; }
    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }
    public IReadOnlyList<KeyValuePair<string, byte[]>> Attributes { get; init; } = [];
}

/// <summary>The archive is damaged, hostile or of a kind that is not supported. The message names the entry.</summary>
internal sealed class TarException(string message) : Exception(message);
