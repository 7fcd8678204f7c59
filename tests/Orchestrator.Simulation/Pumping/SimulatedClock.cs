namespace Orchestrator.Simulation.Pumping;

/// <summary>
/// A process' clock. The time of day may jump; the timestamps that durations and timers go by do not, as on a real machine.
/// </summary>
internal sealed class SimulatedClock(SimulatedProcess process) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How far the time of day is off.</summary>
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        process.Pump.CheckThread();
        return Epoch + process.Pump.Now + Offset;
    }

    public override long GetTimestamp() => process.Pump.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        process.Pump.CheckThread();
        var timer = new Timer(process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedProcess process, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;
        private Alarm? alarm;
        private bool isSet;

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            Dispose();
            period = newPeriod;
            if (dueTime != Timeout.InfiniteTimeSpan && process.IsAlive)
                Set(dueTime);
            return true;
        }

        public void Dispose()
        {
            isSet = false;
            alarm?.Cancel();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            isSet = true;
            alarm = process.Pump.After(dueTime, process, Fire);
        }

        private void Fire()
        {
            // Ended between the alarm and its turn.
            if (!isSet)
                return;
            isSet = false;
            if (period > TimeSpan.Zero)
                Set(period);
            callback(state);
        }
    }
}
