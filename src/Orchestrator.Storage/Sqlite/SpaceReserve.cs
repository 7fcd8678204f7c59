namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// A file that only takes up room. On a full disk it is given up, so that what frees room can still be written: deletions,
/// compaction and the trimming of the file, which all go through the write-ahead log. Used by one thread at a time.
/// </summary>
internal sealed class SpaceReserve(string storePath, long bytes)
{
    private readonly string path = storePath + ".reserve";
    private readonly DriveInfo disk = new(Path.GetDirectoryName(storePath)!);

    public long Bytes => bytes;

    public bool IsHeld { get; private set; }

    /// <summary>Whether so much more room on the disk would be enough for <see cref="TryTake"/>.</summary>
    public bool WouldFitWith(long more)
    {
        try
        {
            return disk.AvailableFreeSpace + more >= 2 * bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes the room, if twice as much is there: who has just given it up must not take it back at once.</summary>
    public bool TryTake()
    {
        if (bytes == 0 || IsHeld)
            return true;
        try
        {
            if (new FileInfo(path) is { Exists: true } left && left.Length == bytes)
                return IsHeld = true;
            if (disk.AvailableFreeSpace < 2 * bytes)
                return false;
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = bytes });
            file.SetLength(bytes);
            return IsHeld = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No room, then; whoever asked goes on without.
            Release();
            return false;
        }
    }

    public void Release()
    {
        IsHeld = false;
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that lets nothing be deleted says so to whoever writes next.
        }
    }
}
