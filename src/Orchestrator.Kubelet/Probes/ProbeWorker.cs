using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Probes;

internal sealed record ProbeTarget(Pod Pod, PodContainer Container, string ContainerId, string PodIp, Probe Probe, ProbeKind Kind);

/// <summary>
/// One probe of one container: a timer, a count of like results, a verdict. The first run comes as soon as the initial delay
/// allows, so that a container that is ready at once is known to be.
/// </summary>
internal sealed class ProbeWorker : IDisposable
{
    private const int DefaultPeriodSeconds = 10;

    /// <summary>Until a container is ready for the first time it is asked more often than the period says: after 0.1 s, doubling.</summary>
    private static readonly TimeSpan EagerPeriod = TimeSpan.FromMilliseconds(100);

    private readonly ProbeTarget target;
    private readonly DateTimeOffset startedAt;
    private readonly Func<bool> mayRun;
    private readonly ProbeRunner runner;
    private readonly IPodEvents events;
    private readonly TimeProvider time;
    private readonly TimeSpan jitter;
    private readonly Action changed;
    private readonly ITimer timer;
    private readonly CancellationTokenSource stop = new();
    private bool? lastResult;
    private int likeResults;
    private TimeSpan eager = EagerPeriod;
    private bool isEager;
    private int verdict;

    public ProbeWorker(
        ProbeTarget target, DateTimeOffset startedAt, bool? initial, Func<bool> mayRun, ProbeRunner runner, IPodEvents events, TimeProvider time,
        TimeSpan jitter, Action changed)
    {
        (this.target, this.startedAt, this.mayRun, this.runner, this.events) = (target, startedAt, mayRun, runner, events);
        (this.time, this.jitter, this.changed) = (time, jitter, changed);
        verdict = Encode(initial ?? (target.Kind == ProbeKind.Readiness ? false : null));
        timer = time.CreateTimer(_ => RunOnce(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string PodUid => target.Pod.Uid();

    public bool? Verdict => Volatile.Read(ref verdict) switch { > 0 => true, < 0 => false, _ => null };

    public void Start()
    {
        var due = startedAt + TimeSpan.FromSeconds(target.Probe.InitialDelaySeconds ?? 0) - time.GetUtcNow();
        timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        stop.Cancel();
        timer.Dispose();
        stop.Dispose();
    }

    private void RunOnce() => _ = RunAsync(stop.Token);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (mayRun())
            {
                var result = await runner.RunAsync(target, cancellationToken);
                Note(result);
            }

            timer.Change(NextDelay(), Timeout.InfiniteTimeSpan);
        }
        catch (Exception ending) when (ending is OperationCanceledException or ObjectDisposedException)
        {
            // The container has ended.
        }
    }

    private void Note(ProbeResult result)
    {
        if (result.Outcome == ProbeOutcome.Unknown)
            return;
        var succeeded = result.Outcome is ProbeOutcome.Success or ProbeOutcome.Warning;
        likeResults = lastResult == succeeded ? likeResults + 1 : 1;
        lastResult = succeeded;
        // Asking early is our own choice; only what fails on schedule is worth an Event.
        if (!succeeded && !isEager)
            events.Warning(target.Pod, EventReason.Unhealthy, $"{target.Kind} probe failed: {result.Message}", target.Container);
        if (result.Outcome == ProbeOutcome.Warning)
            events.Warning(target.Pod, EventReason.ProbeWarning, $"{target.Kind} probe warning: {result.Message}", target.Container);
        if (likeResults < (succeeded ? target.Probe.SuccessThreshold ?? 1 : target.Probe.FailureThreshold ?? 3))
            return;
        var next = Encode(succeeded);
        if (Interlocked.Exchange(ref verdict, next) != next)
            changed();
    }

    private TimeSpan NextDelay()
    {
        var period = TimeSpan.FromSeconds(Math.Max(target.Probe.PeriodSeconds ?? DefaultPeriodSeconds, 1));
        // A startup probe's failures count against the container, so it keeps its period; readiness has nothing to lose.
        isEager = eager < period && (!mayRun() || (target.Kind == ProbeKind.Readiness && Verdict != true));
        if (!isEager)
            return period + (likeResults == 1 ? jitter : TimeSpan.Zero);
        var delay = eager;
        eager *= 2;
        return delay;
    }

    private static int Encode(bool? value) => value switch { true => 1, false => -1, null => 0 };
}
