namespace Orchestrator.Demo.State;

/// <summary>Keeps one processor busy for a time, on a thread of its own.</summary>
internal sealed class CpuLoad(TimeProvider time)
{
    public void Start(TimeSpan duration)
    {
        var started = time.GetTimestamp();
        var thread = new Thread(() =>
        {
            while (time.GetElapsedTime(started) < duration)
                Thread.SpinWait(1000);
        })
        {
            IsBackground = true,
            Name = "cpu-load",
        };
        thread.Start();
    }
}
