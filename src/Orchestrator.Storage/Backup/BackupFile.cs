using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Storage.Backup;

/// <summary>
/// All lasting keys of a store at one revision, in one file of its own form, for every kind of store alike.
/// </summary>
/// <remarks>
/// <para>A line "orchestrator-backup VERSION", a line of JSON (<see cref="BackupHeader"/>), gzip of the records, and the SHA-256 of
/// all that. A record is a byte 1, the key with its length before it, the value's length in four bytes and the value; a byte 0 and
/// the number of records in eight bytes end them.</para>
/// <para>Keys that hang on a lease are left out: events and signs of life are gone in an hour by themselves, and what a lease had
/// left is not known. So are time marks, which name revisions that a restored store does not have.</para>
/// </remarks>
public static class BackupFile
{
    private const string Magic = "orchestrator-backup ";
    private const int Version = 1;
    private const int PageKeys = 10_000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether a key belongs in a backup, and is a restore's business.</summary>
    internal static bool Lasts(KeyValue item) =>
        item.LeaseId == 0 && !item.Key.StartsWith(Retention.TimeMark.Prefix, StringComparison.Ordinal) && item.Key != StoreRestore.MarkerKey;

    /// <summary>Writes a backup of the store's present moment. The file appears when it is complete, on disk and verified.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<(BackupHeader Header, long Keys)> WriteAsync(IStoreReader store, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var temporary = path + ".partial";
        try
        {
            var header = new BackupHeader(time.GetUtcNow(), await store.GetRevisionAsync(cancellationToken));
            long keys;
            await using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, UnixCreateMode = OwnerOnly }))
            {
                file.Write(Encoding.ASCII.GetBytes($"{Magic}{Version}\n"));
                file.Write(JsonSerializer.SerializeToUtf8Bytes(header, BackupJsonContext.Default.BackupHeader));
                file.WriteByte((byte)'\n');
                keys = await WriteRecordsAsync(store, header.Revision, file, cancellationToken);
                file.Position = 0;
                file.Write(await SHA256.HashDataAsync(file, cancellationToken));
                file.Flush(flushToDisk: true);
            }

            Read(temporary, (_, _) => { });
            File.Move(temporary, path, overwrite: true);
            return (header, keys);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Checks a whole backup, then hands out its records.</summary>
    /// <exception cref="BackupException">It is no backup, damaged, cut off, or of a newer version.</exception>
    public static BackupHeader Read(string path, Action<string, byte[]> record)
    {
        using var file = File.OpenRead(path);
        var line = ReadLine(file);
        if (!line.StartsWith(Magic, StringComparison.Ordinal) || !int.TryParse(line.AsSpan(Magic.Length), out var version))
            throw new BackupException($"{path} is not a backup of a store");
        if (version > Version)
            throw new BackupException($"{path} was made by a newer version of this program (form {version}, known up to {Version})");
        var headerLine = ReadLine(file);
        var body = file.Position;
        VerifyHash(file, path);
        try
        {
            file.Position = body;
            using var reader = new BinaryReader(new GZipStream(file, CompressionMode.Decompress), Encoding.UTF8);
            ReadRecords(reader, path, record);
            return JsonSerializer.Deserialize(headerLine, BackupJsonContext.Default.BackupHeader)!;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw new BackupException($"{path} is damaged: {error.Message}");
        }
    }

    private static async Task<long> WriteRecordsAsync(IStoreReader store, long revision, Stream file, CancellationToken cancellationToken)
    {
        await using var writer = new BinaryWriter(new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true), Encoding.UTF8);
        var (keys, start, more) = (0L, (string?)null, true);
        while (more)
        {
            // Pages at one revision fit together, whatever is written meanwhile.
            var page = await store.RangeAsync(new RangeRequest { Prefix = "", StartKey = start, Limit = PageKeys, Revision = revision }, cancellationToken);
            foreach (var item in page.Items)
            {
                if (!Lasts(item))
                    continue;
                writer.Write((byte)1);
                writer.Write(item.Key);
                writer.Write(item.Value.Length);
                writer.Write(item.Value.Span);
                keys++;
            }
            more = page.More;
            start = more ? page.Items[^1].Key + "\0" : null;
        }
        writer.Write((byte)0);
        writer.Write(keys);
        return keys;
    }

    private static void ReadRecords(BinaryReader reader, string path, Action<string, byte[]> record)
    {
        long count = 0;
        for (; reader.ReadByte() == 1; count++)
            record(reader.ReadString(), reader.ReadBytes(reader.ReadInt32()));
        if (reader.ReadInt64() != count)
            throw new BackupException($"{path} is damaged: it does not hold as many keys as it says");
    }

    private static void VerifyHash(FileStream file, string path)
    {
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        var remaining = file.Length - SHA256.HashSizeInBytes;
        while (remaining > 0)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, remaining));
            hash.AppendData(buffer, 0, read);
            remaining -= read;
        }

        var stored = new byte[SHA256.HashSizeInBytes];
        if (file.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) < stored.Length || !hash.GetHashAndReset().AsSpan().SequenceEqual(stored))
            throw new BackupException($"{path} is damaged or was cut off: its checksum does not fit");
    }

    private static string ReadLine(FileStream file)
    {
        const int maxLength = 4096;
        var line = new StringBuilder();
        for (var next = file.ReadByte(); next is not ('\n' or < 0) && line.Length < maxLength; next = file.ReadByte())
            line.Append((char)next);
        return line.ToString();
    }
}
