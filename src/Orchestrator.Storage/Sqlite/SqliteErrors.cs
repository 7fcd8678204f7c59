using Orchestrator.Linux;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>SQLite's result codes in the store's terms. Source: https://www.sqlite.org/rescode.html</summary>
internal static class SqliteErrors
{
    /// <summary>The write-ahead log's index could not be made longer.</summary>
    private const int NoRoomForIndex = raw.SQLITE_IOERR | (19 << 8);

    private const int NoMemory = raw.SQLITE_IOERR | (12 << 8);

    private const int ReadOnlyRecovery = raw.SQLITE_READONLY | (1 << 8);

    /// <param name="systemError">The kernel's error number behind the code; 0 when there is none.</param>
    public static StoreException Translate(int code, string doing, string detail, int systemError = 0)
    {
        var message = $"{doing}: {detail} (SQLite {code})";
        return (code & 0xff) switch
        {
            raw.SQLITE_FULL => new StoreException(StoreError.NoSpace, $"no space left: {message}"),
            raw.SQLITE_IOERR when code == NoRoomForIndex || IsNoRoom(systemError) => new StoreException(StoreError.NoSpace, $"no space left: {message}"),
            raw.SQLITE_IOERR => new StoreException(StoreError.Unavailable, message) { IsDiskFault = code != NoMemory },
            raw.SQLITE_READONLY when code != ReadOnlyRecovery => new StoreException(StoreError.ReadOnly, message),
            raw.SQLITE_PERM => new StoreException(StoreError.ReadOnly, message),
            raw.SQLITE_TOOBIG => new StoreException(StoreError.TooLarge, message),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreException(StoreError.Corrupt, message),
            _ => new StoreException(StoreError.Unavailable, message),
        };
    }

    /// <summary>A quota is no room either. SQLite itself knows of ENOSPC only, and calls the others an I/O error.</summary>
    public static bool IsNoRoom(int errno) => errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG;
}
