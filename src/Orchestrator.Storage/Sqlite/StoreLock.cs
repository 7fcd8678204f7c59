namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// A lock file that keeps a second process off the store: the present revision and the watchers live in the process that
/// writes. The kernel frees the lock when the process ends, however it ends.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    // errno values as .NET hands them on in IOException.HResult.
    private const int WouldBlock = 11;
    private const int NoSpaceLeft = 28;
    private const int ReadOnlyFileSystem = 30;

    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <exception cref="StoreException">In use, read-only, or no space.</exception>
    public static StoreLock Acquire(string storePath)
    {
        try
        {
            if (Path.GetDirectoryName(storePath) is { Length: > 0 } directory)
                Directory.CreateDirectory(directory);
            return new StoreLock(new FileStream(storePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(StoreError.ReadOnly, $"open {storePath}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw e.HResult switch
            {
                WouldBlock => new StoreException(StoreError.Unavailable, $"{storePath} is in use by another process", e),
                NoSpaceLeft => new StoreException(StoreError.NoSpace, $"open {storePath}: {e.Message}", e),
                ReadOnlyFileSystem => new StoreException(StoreError.ReadOnly, $"open {storePath}: {e.Message}", e),
                _ => new StoreException(StoreError.Unavailable, $"open {storePath}: {e.Message}", e),
            };
        }
    }

    public void Dispose() => file.Dispose();
}
