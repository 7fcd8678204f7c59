namespace Orchestrator.Kubelet.Pods;

/// <summary>How long a pod may still take to end. Can be shortened while it runs down, never lengthened. Thread-safe.</summary>
internal sealed class GraceDeadline : IDisposable
{
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private DateTimeOffset deadline;
    private CancellationTokenSource shortened = new();

    public GraceDeadline(TimeProvider time, TimeSpan grace)
    {
        this.time = time;
        deadline = time.GetUtcNow() + grace;
    }

    public TimeSpan Remaining
    {
        get
        {
            lock (gate)
                return deadline - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Cancelled when the deadline moves nearer; ask again for the next move.</summary>
    public CancellationToken Shortened
    {
        get
        {
            lock (gate)
                return shortened.Token;
        }
    }

    /// <summary>Ends no later than <paramref name="grace"/> from now.</summary>
    public void Shorten(TimeSpan grace)
    {
        CancellationTokenSource before;
        lock (gate)
        {
            var wanted = time.GetUtcNow() + grace;
            if (wanted >= deadline)
                return;
            deadline = wanted;
            before = shortened;
            shortened = new();
        }

        before.Cancel();
        before.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
            shortened.Dispose();
    }
}
