using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Hands each event to every watcher, in order. A watcher that does not keep up is ended and must list again.</summary>
internal sealed class EventHub(TimeProvider time)
{
    private const int MaximumUnread = 4096;

    private readonly Lock watchersLock = new();
    private readonly List<Channel<ContainerEvent>> watchers = [];

    public void Publish(ContainerEventType type, SandboxRecord sandbox, string containerId)
    {
        var happened = new ContainerEvent(type, sandbox.Config.Metadata.Uid, sandbox.Id, containerId, time.GetUtcNow());
        lock (watchersLock)
        {
            for (var index = watchers.Count - 1; index >= 0; index--)
            {
                if (watchers[index].Writer.TryWrite(happened))
                    continue;
                watchers[index].Writer.TryComplete(new RuntimeException(RuntimeError.Unavailable, "the watcher fell behind; list again"));
                watchers.RemoveAt(index);
            }
        }
    }

    /// <summary>Watches from the time of the call, not of the first read.</summary>
    public IAsyncEnumerable<ContainerEvent> Watch(CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<ContainerEvent>(new BoundedChannelOptions(MaximumUnread) { SingleReader = true });
        lock (watchersLock)
            watchers.Add(channel);
        return ReadAsync(channel, cancellationToken);
    }

    private async IAsyncEnumerable<ContainerEvent> ReadAsync(
        Channel<ContainerEvent> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
        }
        finally
        {
            lock (watchersLock)
                watchers.Remove(channel);
        }
    }
}
