using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Runtime.Content;

/// <summary>
/// A flock(2) on a file of its own, held until disposed. It excludes other processes and, because each lock opens the file
/// anew, other threads of this one. The kernel drops it when its holder dies, so there are no stale locks.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle file;

    private FileLock(SafeFileHandle file) => this.file = file;

    public static FileLock Exclusive(string path) => Take(path, exclusive: true, wait: true)!;

    public static FileLock Shared(string path) => Take(path, exclusive: false, wait: true)!;

    /// <returns>Null when somebody else holds the lock.</returns>
    public static FileLock? TryExclusive(string path) => Take(path, exclusive: true, wait: false);

    private static FileLock? Take(string path, bool exclusive, bool wait)
    {
        var file = PathAt.OpenTrusted(path, OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        var errno = OpenFile.Lock(file, exclusive, wait);
        if (errno == 0)
            return new FileLock(file);
        file.Dispose();
        return errno == Errno.EAGAIN && !wait ? null : throw new LinuxException(errno, "flock", path);
    }

    public void Dispose() => file.Dispose();
}
