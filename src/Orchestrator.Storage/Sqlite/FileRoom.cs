using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Sees to it that the file has room on the disk for every page the write-ahead log holds, before a transaction is committed. Whatever
/// happens to the disk then, the log can be moved into the file and start over in the room it has itself, and so deletions can go on.
/// Used by the writer thread only.
/// </summary>
internal sealed class FileRoom : IDisposable
{
    /// <summary>1 MB.</summary>
    private const long AheadBytes = 1024 * 1024;

    private readonly string path;
    private readonly SqliteStatement pages;
    private readonly Descriptor file;
    private long takenBytes;

    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the file cannot be opened.</exception>
    public FileRoom(SqliteConnection connection, string path)
    {
        this.path = path;
        try
        {
            file = FileCalls.Open(path, OpenFlags.ReadWrite);
        }
        catch (LinuxException e)
        {
            throw new StoreException(StoreError.Unavailable, $"open {path}: {e.Message}", e);
        }
        pages = connection.Prepare("PRAGMA page_count");
    }

    /// <summary>Takes the room for the transaction that is open.</summary>
    /// <param name="ahead">Whether to take some for the next ones too, so that most need not ask.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NoSpace"/>: there is none.</exception>
    public void Take(bool ahead)
    {
        pages.Step();
        var wanted = pages.Integer(0) * SqliteSchema.PageSizeBytes;
        pages.Reset();
        if (wanted <= takenBytes)
            return;
        try
        {
            var length = FileCalls.Length(file);
            if (wanted > length)
            {
                wanted += ahead ? AheadBytes : 0;
                // Where the file system knows no such thing, a copy that finds no room fails, and is tried again.
                FileCalls.TryAllocate(file, length, wanted - length);
            }
            takenBytes = Math.Max(wanted, length);
        }
        catch (LinuxException e) when (SqliteErrors.IsNoRoom(e.ErrorNumber))
        {
            throw new StoreException(StoreError.NoSpace, $"no space left for {path}: {e.Message}", e);
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            throw new StoreException(StoreError.Unavailable, $"{path}: {e.Message}", e);
        }
    }

    /// <summary>A checkpoint may have cut the file, and with it what was taken behind its end.</summary>
    public void FileMayHaveShrunk() => takenBytes = 0;

    /// <summary>With the connection; <see cref="Dispose"/> must wait until the last one is gone.</summary>
    public void Stop() => pages.Dispose();

    /// <summary>See <see cref="LogCopier.Dispose"/>.</summary>
    public void Dispose() => file.Dispose();
}
