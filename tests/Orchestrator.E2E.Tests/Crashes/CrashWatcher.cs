namespace Orchestrator.E2E.Crashes;

/// <summary>A client that watches for as long as the test lasts, and goes on behind the last revision it saw whenever its server dies.</summary>
internal sealed class CrashWatcher(CrashClient client, long start)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly List<LogEvent> seen = [];
    private long last = start;
    private Exception? failure;

    /// <summary>How often the watch ended and was opened again.</summary>
    public int Reopened { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await foreach (var change in client.WatchAsync(last, stop))
                    Take(change);
                Reopened++;
                await Task.Delay(Pause, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The test is over.
        }
        catch (Exception e)
        {
            failure = e;
        }
    }

    /// <summary>Waits until it has seen a revision, and takes what it saw so far.</summary>
    public async Task<List<LogEvent>> TakeAsync(long upTo, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CatchUpLimit);
        while (Volatile.Read(ref last) < upTo)
        {
            if (failure is not null)
                throw failure;
            Assert.That(limit.IsCancellationRequested, Is.False, $"a watcher stands at {last} and should reach {upTo}");
            await Task.Delay(Pause, cancellationToken);
        }

        lock (gate)
        {
            var taken = seen.Where(change => change.Revision <= upTo).ToList();
            seen.RemoveAll(change => change.Revision <= upTo);
            return taken;
        }
    }

    private void Take(LogEvent change)
    {
        Assert.That(change.Revision, Is.GreaterThan(last), "an event behind one that was seen before");
        lock (gate)
            seen.Add(change);
        Volatile.Write(ref last, change.Revision);
    }
}
