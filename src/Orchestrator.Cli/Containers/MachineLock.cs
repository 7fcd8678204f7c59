using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Containers;

/// <summary>
/// Keeps the commands of one machine from making and removing local containers at the same time; those that only look share it. It is
/// a flock(2) on the directory /run itself: a lock file of our own would have to stay behind for ever.
/// </summary>
internal sealed class MachineLock : IDisposable
{
    private const string Directory = "/run";

    private readonly SafeFileHandle directory;

    private MachineLock(SafeFileHandle directory) => this.directory = directory;

    public static MachineLock Exclusive() => Take(exclusive: true);

    public static MachineLock Shared() => Take(exclusive: false);

    public void Dispose() => directory.Dispose();

    private static MachineLock Take(bool exclusive)
    {
        var directory = PathAt.OpenDirectory(Directory);
        var errno = OpenFile.Lock(directory, exclusive, wait: true);
        if (errno == 0)
            return new MachineLock(directory);
        directory.Dispose();
        throw new LinuxException(errno, "flock", Directory);
    }
}
