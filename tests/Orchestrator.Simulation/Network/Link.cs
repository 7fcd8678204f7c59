using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Network;

/// <summary>The way between one client and one server: how long messages take, and whether it is cut.</summary>
internal sealed class Link(Switchboard board, Pump pump, Random random)
{
    /// <summary>A silent connection is given up after this: HTTP/2 pings, sent and awaited.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan NoticeableSlowness = TimeSpan.FromMilliseconds(20);

    private TimeSpan cutAt;
    private TimeSpan cutUntil;

    public bool IsCut => pump.Now < cutUntil;

    public TimeSpan Latency()
    {
        var slowness = random.NextDouble() * random.NextDouble() * board.Slowness;
        if (slowness > NoticeableSlowness)
            pump.Faults.Add(FaultKind.SlowMessage);
        return TimeSpan.FromMicroseconds(50 + random.Next(500)) + slowness;
    }

    public TimeSpan ConnectDelay() => IsCut ? ConnectTimeout : Latency();

    /// <summary>A cut within a longer one changes nothing.</summary>
    public void Cut(TimeSpan time)
    {
        if (!IsCut)
            cutAt = pump.Now;
        if (pump.Now + time > cutUntil)
            cutUntil = pump.Now + time;
    }

    public void Heal() => cutUntil = pump.Now;

    /// <summary>How long a message that is due now still has to wait; null when the connection has been silent for too long.</summary>
    public TimeSpan? Wait()
    {
        if (!IsCut)
            return TimeSpan.Zero;
        var limit = cutAt + SilenceLimit;
        return pump.Now >= limit ? null : (cutUntil < limit ? cutUntil : limit) - pump.Now + TimeSpan.FromTicks(1);
    }
}
