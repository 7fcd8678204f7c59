using Orchestrator.Linux.Events;
using Orchestrator.Linux.Files;

namespace Orchestrator.Shim.Loop;

/// <summary>
/// One thread that does everything. Async methods resume here, never on a pool thread: namespaces belong to threads, and a
/// process that forks must know that no other thread holds a lock. Being alone is also what keeps a shim small.
/// </summary>
internal sealed class EventLoop : SynchronizationContext, IDisposable
{
    private readonly Epoll epoll = new();
    private readonly Dictionary<int, Readiness> watched = [];
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = [];

    /// <summary>Runs until <paramref name="main"/> has completed.</summary>
    public void Run(Func<Task> main)
    {
        SetSynchronizationContext(this);
        var task = main();
        var ready = new (int Number, EpollEvents Events)[64];
        while (!task.IsCompleted)
        {
            if (RunPosted())
                continue;
            var count = epoll.Wait(ready);
            for (var index = 0; index < count; index++)
            {
                if (watched.TryGetValue(ready[index].Number, out var readiness))
                    readiness.Signal(ready[index].Events);
            }
        }

        task.GetAwaiter().GetResult();
    }

    public override void Post(SendOrPostCallback d, object? state) => posted.Enqueue((d, state));

    /// <summary>Starts work that no one awaits. What it throws is told on stderr, the shim's own log, and ends that work alone.</summary>
    public async void Begin(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            ShimLog.Write(exception);
        }
    }

    /// <summary>Starts to watch a non-blocking descriptor. The caller disposes the watch before the descriptor.</summary>
    public Readiness Watch(Descriptor descriptor)
    {
        epoll.Watch(descriptor, EpollEvents.None | EpollEvents.OneShot);
        var readiness = new Readiness(this, descriptor);
        watched[descriptor.Number] = readiness;
        return readiness;
    }

    public void Dispose() => epoll.Dispose();

    internal void Arm(Descriptor descriptor, EpollEvents events) => epoll.Change(descriptor, events | EpollEvents.OneShot);

    internal void Forget(Descriptor descriptor)
    {
        if (watched.Remove(descriptor.Number))
            epoll.Forget(descriptor);
    }

    private bool RunPosted()
    {
        var any = posted.Count > 0;
        for (var left = posted.Count; left > 0; left--)
        {
            var (callback, state) = posted.Dequeue();
            callback(state);
        }

        return any;
    }
}
