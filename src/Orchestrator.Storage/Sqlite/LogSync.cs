using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Has the write-ahead log on the disk, behind each commit. SQLite would do it itself (PRAGMA synchronous = FULL), but as it is built
/// for .NET with fsync(2), which waits for the file system's journal too, because the file's time has changed; fdatasync(2) does not,
/// and takes a third of the time, and much less than that while all processors are busy. Used by the writer thread only.
/// </summary>
internal sealed class LogSync(string path) : IDisposable
{
    private Descriptor? file;

    /// <exception cref="StoreException">
    /// <see cref="StoreError.Unavailable"/>, a disk fault: nobody knows how much of what was committed since the last time will be there
    /// after a crash.
    /// </exception>
    public void Run()
    {
        try
        {
            // SQLite makes the file when it first looks for it, and keeps it as long as anybody has the database open.
            if (file is null)
            {
                file = FileCalls.Open(path, OpenFlags.ReadOnly);
                DurableFile.SyncDirectoryOf(path);
            }
            FileCalls.SyncData(file);
        }
        catch (LinuxException e)
        {
            throw new StoreException(StoreError.Unavailable, $"sync {path}: {e.Message}", e) { IsDiskFault = true };
        }
    }

    public void Dispose() => file?.Dispose();
}
