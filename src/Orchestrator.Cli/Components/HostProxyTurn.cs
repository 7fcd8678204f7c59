namespace Orchestrator.Cli.Components;

/// <summary>
/// The right to keep the host's Service rules. There is one host and one table, so of several control planes one does it: the one that
/// has the lock file open, which the kernel closes when that process ends, however it ends.
/// </summary>
internal static class HostProxyTurn
{
    private const string FileName = "host-proxy.lock";

    private static readonly TimeSpan TryInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until it is this process's turn; the turn lasts until the returned object is disposed.</summary>
    public static async Task<IDisposable> TakeAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, FileName);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TryInterval, time, cancellationToken); // Another has it.
            }
        }
    }
}
