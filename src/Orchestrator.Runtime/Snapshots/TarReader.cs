using System.Globalization;
using System.Text;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// Reads a tar archive front to back: POSIX ustar and PAX, GNU long names and base-256 numbers (pax(1), GNU tar manual
/// "Basic Tar Format"). File content is handed out as spans of the read buffer, without a copy. One thread at a time.
/// </summary>
/// <param name="source">Read to the archive's end mark; not disposed. Seekable sources skip content by seeking.</param>
internal sealed class TarReader(Stream source, int bufferBytes = 1 << 20)
{
    private const int Block = 512;

    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(bufferBytes);
    private int start;
    private int end;
    private long consumed;
    private long remaining;
    private int padding;
    private readonly Dictionary<string, byte[]> globalExtensions = [];

    /// <summary>Bytes of the archive read so far, which is where the current entry's remaining content begins.</summary>
    public long Position => consumed;

    /// <summary>The next entry, or null at the end. Content of the previous one that was not read is skipped.</summary>
    /// <exception cref="TarException">The archive is damaged.</exception>
    public TarEntry? Next()
    {
        Dictionary<string, byte[]>? extensions = null;
        string? longName = null, longLink = null;
        while (true)
        {
            SkipContent();
            if (!Fill(Block))
                return null;
            var header = buffer.AsSpan(start, Block);
            if (!header.ContainsAnyExcept((byte)0))
                return null;
            VerifyChecksum(header);
            var type = (char)header[156];
            var size = Number(header.Slice(124, 12));
            if (size < 0)
                throw new TarException("tar header with a negative size");
            switch (type)
            {
                case 'x':
                    extensions = ReadExtensions(size, extensions);
                    break;
                case 'g':
                    ReadExtensions(size, globalExtensions);
                    break;
                case 'L':
                    longName = ReadLongName(size);
                    break;
                case 'K':
                    longLink = ReadLongName(size);
                    break;
                default:
                    var entry = ParseHeader(header, type, size, new Extensions(globalExtensions, extensions), longName, longLink);
                    Consume(Block);
                    Expect(entry.SizeBytes);
                    return entry;
            }
        }
    }

    /// <summary>The next piece of the current entry's content; empty at its end. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadContent()
    {
        if (remaining == 0)
            return [];
        if (start == end && !Fill(1))
            throw new TarException("the archive ends inside a file");
        var count = (int)Math.Min(remaining, end - start);
        var span = buffer.AsSpan(start, count);
        Consume(count);
        remaining -= count;
        return span;
    }

    private void Expect(long size)
    {
        remaining = size;
        padding = (int)(-size & (Block - 1));
    }

    private void SkipContent()
    {
        var skip = remaining + padding;
        remaining = 0;
        padding = 0;
        var buffered = (int)Math.Min(skip, end - start);
        Consume(buffered);
        skip -= buffered;
        if (skip > 0 && source.CanSeek)
        {
            source.Seek(skip, SeekOrigin.Current);
            consumed += skip;
            return;
        }

        while (skip > 0)
        {
            if (!Fill(1))
                throw new TarException("the archive ends inside a file");
            var count = (int)Math.Min(skip, end - start);
            Consume(count);
            skip -= count;
        }
    }

    private TarEntry ParseHeader(ReadOnlySpan<byte> header, char type, long size, Extensions extensions, string? longName, string? longLink)
    {
        var name = extensions.Text("path") ?? longName ?? HeaderName(header);
        if (extensions.Has("GNU.sparse.major") || extensions.Has("GNU.sparse.map") || type == 'S')
            throw new TarException($"{Printable(name)}: sparse files are not supported");
        var kind = Kind(type, name);
        var (seconds, nanoseconds) = extensions.Text("mtime") is { } time ? Time(time) : (Number(header.Slice(136, 12)), 0u);
        return new TarEntry
        {
            Name = name,
            Type = kind,
            LinkName = extensions.Text("linkpath") ?? longLink ?? Text(header.Slice(157, 100)),
            Mode = (uint)Number(header.Slice(100, 8)) & 0xFFF,
            Uid = (uint)(extensions.Number("uid") ?? Number(header.Slice(108, 8))),
            Gid = (uint)(extensions.Number("gid") ?? Number(header.Slice(116, 8))),
            // Only files have content, whatever the header of another type claims.
            SizeBytes = kind == TarEntryType.Regular ? extensions.Size() ?? size : 0,
            ModifiedSeconds = seconds,
            ModifiedNanoseconds = nanoseconds,
            DeviceMajor = kind is TarEntryType.CharacterDevice or TarEntryType.BlockDevice ? (uint)Number(header.Slice(329, 8)) : 0,
            DeviceMinor = kind is TarEntryType.CharacterDevice or TarEntryType.BlockDevice ? (uint)Number(header.Slice(337, 8)) : 0,
            Attributes = extensions.Attributes(),
        };
    }

    private static TarEntryType Kind(char type, string name) => type switch
    {
        // Before POSIX a directory was a file whose name ends with a slash.
        '\0' or '0' or '7' => name.EndsWith('/') ? TarEntryType.Directory : TarEntryType.Regular,
        '1' => TarEntryType.HardLink,
        '2' => TarEntryType.Symlink,
        '3' => TarEntryType.CharacterDevice,
        '4' => TarEntryType.BlockDevice,
        '5' => TarEntryType.Directory,
        '6' => TarEntryType.Fifo,
        _ => throw new TarException($"{Printable(name)}: unknown tar entry type '{type}'"),
    };

    private static string HeaderName(ReadOnlySpan<byte> header)
    {
        var name = Text(header[..100]);
        var isPosix = header.Slice(257, 6).SequenceEqual("ustar\0"u8);
        var prefix = isPosix ? Text(header.Slice(345, 155)) : "";
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }

    private string ReadLongName(long size)
    {
        if (size > ImageLimits.PathBytes + 1)
            throw new TarException($"a file name of {size} bytes is too long");
        var bytes = ReadBlocks((int)size);
        return Text(bytes);
    }

    /// <summary>Records "LENGTH KEY=VALUE\n", where the length counts itself.</summary>
    private Dictionary<string, byte[]> ReadExtensions(long size, Dictionary<string, byte[]>? into)
    {
        if (size > ImageLimits.ExtendedHeaderBytes)
            throw new TarException($"an extended header of {size} bytes is too long");
        into ??= [];
        ReadOnlySpan<byte> rest = ReadBlocks((int)size);
        while (rest.Length > 0 && rest[0] != 0)
        {
            var space = rest.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 2 || length > rest.Length || rest[length - 1] != (byte)'\n')
                throw new TarException("damaged extended header");
            var record = rest[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
                throw new TarException("damaged extended header");
            into[Encoding.Latin1.GetString(record[..equals])] = record[(equals + 1)..].ToArray();
            rest = rest[length..];
        }

        return into;
    }

    private byte[] ReadBlocks(int size)
    {
        Consume(Block);
        Expect(size);
        var bytes = new byte[size];
        var filled = 0;
        while (filled < size)
        {
            var piece = ReadContent();
            piece.CopyTo(bytes.AsSpan(filled));
            filled += piece.Length;
        }

        return bytes;
    }

    /// <summary>Makes at least <paramref name="count"/> bytes available; false at a clean end of the source.</summary>
    private bool Fill(int count)
    {
        if (end - start >= count)
            return true;
        if (start > 0)
        {
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }

        while (end < count)
        {
            var read = source.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                return end == 0 ? false : throw new TarException("the archive ends inside a header");
            end += read;
        }

        return true;
    }

    private void Consume(int count)
    {
        start += count;
        consumed += count;
    }

    private static void VerifyChecksum(ReadOnlySpan<byte> header)
    {
        long sum = 8 * ' ';
        for (var i = 0; i < Block; i++)
        {
            if (i is < 148 or >= 156)
                sum += header[i];
        }

        if (sum != Number(header.Slice(148, 8)))
            throw new TarException("damaged tar header (checksum)");
    }

    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
            return Base256(field);
        long value = 0;
        foreach (var b in field.TrimStart((byte)' '))
        {
            if (b is 0 or (byte)' ')
                break;
            if (b is < (byte)'0' or > (byte)'7')
                throw new TarException("damaged number in a tar header");
            value = value * 8 + (b - '0');
        }

        return value;
    }

    private static long Base256(ReadOnlySpan<byte> field)
    {
        var negative = (field[0] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (var i = 0; i < field.Length; i++)
        {
            var b = i == 0 ? (byte)(negative ? field[0] : field[0] & 0x7F) : field[i];
            if (i < field.Length - 8 && b != (negative ? 0xFF : 0))
                throw new TarException("number in a tar header is out of range");
            value = (value << 8) | b;
        }

        return value;
    }

    private static (long Seconds, uint Nanoseconds) Time(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || Math.Abs(value) > 1e15m)
            throw new TarException($"damaged time \"{Printable(text)}\" in an extended header");
        var seconds = decimal.Floor(value);
        return ((long)seconds, (uint)((value - seconds) * 1_000_000_000m));
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var length = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(length < 0 ? field : field[..length]);
    }

    /// <summary>A byte string for a message: UTF-8 read, control characters replaced.</summary>
    internal static string Printable(string byteString)
    {
        var text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(byteString));
        return string.Concat(text.Length > 300 ? text.AsSpan(0, 300) : text, "").Replace('\0', '?').ReplaceLineEndings("?");
    }

    /// <summary>The PAX records that apply to one entry; its own win over global ones.</summary>
    private readonly struct Extensions(Dictionary<string, byte[]> global, Dictionary<string, byte[]>? own)
    {
        private const string AttributePrefix = "SCHILY.xattr.";

        public bool Has(string key) => Find(key) is not null;

        public string? Text(string key) => Find(key) is { Length: > 0 } value ? Encoding.Latin1.GetString(value) : null;

        public long? Number(string key) => Text(key) is not { } text
            ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new TarException($"damaged {key} in an extended header");

        public long? Size() => Number("size") is { } size ? size >= 0 ? size : throw new TarException("negative size in an extended header") : null;

        public IReadOnlyList<KeyValuePair<string, byte[]>> Attributes()
        {
            List<KeyValuePair<string, byte[]>>? found = null;
            foreach (var (key, value) in own ?? [])
            {
                if (!key.StartsWith(AttributePrefix, StringComparison.Ordinal))
                    continue;
                if ((found ??= []).Count >= ImageLimits.AttributesPerEntry || value.Length > ImageLimits.AttributeBytes)
                    throw new TarException("too many or too large extended attributes");
                found.Add(new(key[AttributePrefix.Length..], value));
            }

            return found ?? (IReadOnlyList<KeyValuePair<string, byte[]>>)[];
        }

        private byte[]? Find(string key) =>
            own is not null && own.TryGetValue(key, out var value) ? value : global.Count > 0 ? global.GetValueOrDefault(key) : null;
    }
}
