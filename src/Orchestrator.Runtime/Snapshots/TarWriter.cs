using System.Globalization;
using System.Text;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// Writes a tar archive: ustar where it suffices, PAX records for what does not fit (long names, large numbers, extended
/// attributes, parts of a second). The same entries give the same bytes. Call <see cref="Finish"/> at the end.
/// </summary>
internal sealed class TarWriter(Stream target)
{
    private const int Block = 512;
    private const long OctalLimit11 = 0x1_FFFF_FFFF;
    private const long OctalLimit7 = 0x1F_FFFF;

    private long owed;
    private int padding;

    /// <summary>Begins an entry. Exactly <see cref="TarEntry.SizeBytes"/> must follow through <see cref="WriteContent"/>.</summary>
    public void Write(TarEntry entry)
    {
        EndEntry();
        var extensions = Extensions(entry);
        if (extensions.Length > 0)
        {
            var header = new TarEntry { Name = "PaxHeaders/" + Truncate(entry.Name, 80), Mode = 0x1A4, SizeBytes = extensions.Length };
            WriteHeader(header, 'x');
            target.Write(extensions);
            Pad(extensions.Length);
        }

        WriteHeader(entry, TypeFlag(entry.Type));
        owed = entry.SizeBytes;
        padding = (int)(-entry.SizeBytes & (Block - 1));
    }

    public void WriteContent(ReadOnlySpan<byte> data)
    {
        if (data.Length > owed)
            throw new InvalidOperationException("more content than the entry announced");
        target.Write(data);
        owed -= data.Length;
    }

    /// <summary>Writes a whole file whose content is at hand.</summary>
    public void WriteFile(string name, ReadOnlySpan<byte> content)
    {
        Write(new TarEntry { Name = name, Mode = 0x1A4, SizeBytes = content.Length });
        WriteContent(content);
    }

    /// <summary>Writes the end mark.</summary>
    public void Finish()
    {
        EndEntry();
        target.Write(new byte[2 * Block]);
    }

    private void EndEntry()
    {
        if (owed != 0)
            throw new InvalidOperationException("less content than the entry announced");
        target.Write(stackalloc byte[padding]);
        padding = 0;
    }

    private void Pad(int length) => target.Write(stackalloc byte[-length & (Block - 1)]);

    private void WriteHeader(TarEntry entry, char type)
    {
        Span<byte> header = stackalloc byte[Block];
        header.Clear();
        var name = entry.Type == TarEntryType.Directory && !entry.Name.EndsWith('/') ? entry.Name + "/" : entry.Name;
        Put(header[..100], name);
        Octal(header.Slice(100, 8), entry.Mode);
        Octal(header.Slice(108, 8), Fits7(entry.Uid));
        Octal(header.Slice(116, 8), Fits7(entry.Gid));
        Octal(header.Slice(124, 12), entry.SizeBytes > OctalLimit11 ? 0 : entry.SizeBytes);
        Octal(header.Slice(136, 12), entry.ModifiedSeconds is < 0 or > OctalLimit11 ? 0 : entry.ModifiedSeconds);
        header[156] = (byte)type;
        Put(header.Slice(157, 100), entry.LinkName);
        "ustar\000"u8.CopyTo(header[257..]);
        if (entry.Type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice)
        {
            Octal(header.Slice(329, 8), entry.DeviceMajor);
            Octal(header.Slice(337, 8), entry.DeviceMinor);
        }

        var sum = 8 * ' ';
        foreach (var b in header)
            sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0'), header[148..]);
        header[154] = 0;
        header[155] = (byte)' ';
        target.Write(header);
    }

    private static long Fits7(long value) => value > OctalLimit7 ? 0 : value;

    private static byte[] Extensions(TarEntry entry)
    {
        var records = new MemoryStream();
        var name = entry.Type == TarEntryType.Directory && !entry.Name.EndsWith('/') ? entry.Name + "/" : entry.Name;
        // PAX names are UTF-8: readers disagree about other bytes in ustar fields, so any of them goes to a record.
        if (name.Length > 100 || !Ascii.IsValid(name))
            Add("path", Encoding.Latin1.GetBytes(name));
        if (entry.LinkName.Length > 100 || !Ascii.IsValid(entry.LinkName))
            Add("linkpath", Encoding.Latin1.GetBytes(entry.LinkName));
        if (entry.SizeBytes > OctalLimit11)
            AddNumber("size", entry.SizeBytes);
        if (entry.Uid > OctalLimit7)
            AddNumber("uid", entry.Uid);
        if (entry.Gid > OctalLimit7)
            AddNumber("gid", entry.Gid);
        if (entry.ModifiedNanoseconds != 0 || entry.ModifiedSeconds is < 0 or > OctalLimit11)
            Add("mtime", Encoding.ASCII.GetBytes((entry.ModifiedSeconds + entry.ModifiedNanoseconds / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture)));
        foreach (var (key, value) in entry.Attributes)
            Add("SCHILY.xattr." + key, value);
        return records.ToArray();

        void AddNumber(string key, long value) => Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

        void Add(string key, byte[] value)
        {
            // The length counts its own digits.
            var body = 1 + key.Length + 1 + value.Length + 1;
            var length = body + Digits(body);
            if (Digits(length) != Digits(body))
                length = body + Digits(length);
            records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + " " + key + "="));
            records.Write(value);
            records.WriteByte((byte)'\n');
        }
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static string Truncate(string text, int length) => text.Length <= length ? text : text[..length];

    private static void Put(Span<byte> field, string byteString) => Encoding.Latin1.GetBytes(Truncate(byteString, field.Length), field);

    private static void Octal(Span<byte> field, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0'), field);

    private static char TypeFlag(TarEntryType type) => type switch
    {
        TarEntryType.Regular => '0',
        TarEntryType.HardLink => '1',
        TarEntryType.Symlink => '2',
        TarEntryType.CharacterDevice => '3',
        TarEntryType.BlockDevice => '4',
        TarEntryType.Directory => '5',
        TarEntryType.Fifo => '6',
        _ => throw new InvalidOperationException($"entry type {type}"),
    };
}
