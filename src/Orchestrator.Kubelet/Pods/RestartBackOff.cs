using System.Globalization;

namespace Orchestrator.Kubelet.Pods;

/// <summary>How long a container that ended waits before it starts again: doubling, capped, forgotten after twice the cap without a restart.</summary>
/// <param name="Since">When the delay was last raised, which is when the container was last restarted.</param>
internal readonly record struct RestartBackOff(TimeSpan Delay, DateTimeOffset Since)
{
    /// <summary>When a container that ended at <paramref name="finishedAt"/> may start; null means now.</summary>
    public DateTimeOffset? Until(DateTimeOffset finishedAt, TimeSpan maximum, DateTimeOffset now)
    {
        if (Delay == TimeSpan.Zero || IsForgotten(finishedAt, maximum))
            return null;
        var until = finishedAt + Delay;
        return now < until ? until : null;
    }

    /// <summary>The state after a restart at <paramref name="now"/> of a container that ended at <paramref name="finishedAt"/>.</summary>
    public RestartBackOff Next(DateTimeOffset finishedAt, TimeSpan initial, TimeSpan maximum, DateTimeOffset now)
    {
        if (Delay == TimeSpan.Zero || IsForgotten(finishedAt, maximum))
            return new(initial, now);
        var doubled = Delay * 2;
        return new(doubled < maximum ? doubled : maximum, now);
    }

    /// <summary>A span as Kubernetes prints it, e.g. "10s", "1m20s", "5m0s".</summary>
    public static string Format(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < 60)
            return string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
        return seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds % 3600 / 60}m{seconds % 60}s");
    }

    private bool IsForgotten(DateTimeOffset finishedAt, TimeSpan maximum) => finishedAt - Since > maximum * 2;
}
