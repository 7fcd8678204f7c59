using System.Collections.Concurrent;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.Controllers.Nodes;

/// <summary>
/// When each node was last heard of, by our own clock: a node whose clock is wrong must not seem dead, and a control plane that was
/// away must not declare all nodes dead at its return.
/// </summary>
internal sealed class NodeHealth(TimeSpan gracePeriod, TimeSpan startupGracePeriod, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Sign> signs = new();

    private sealed record Sign(string? Uid, DateTimeOffset? Renewed, DateTimeOffset? Heartbeat, long HeardAt);

    /// <returns>How long the node may still stay silent; zero or less when that time is up.</returns>
    public TimeSpan TimeLeft(Node node, Lease? lease)
    {
        var name = node.Metadata.Name!;
        var ready = NodeFacts.Ready(node);
        var heard = new Sign(node.Metadata.Uid, lease?.Spec?.RenewTime, ready?.LastHeartbeatTime, time.GetTimestamp());
        var sign = signs.AddOrUpdate(name, heard, (_, known) => IsNewer(heard, known) ? heard : known);
        return (ready is null ? startupGracePeriod : gracePeriod) - time.GetElapsedTime(sign.HeardAt);
    }

    public void Forget(string name) => signs.TryRemove(name, out _);

    /// <summary>A heartbeat of "Unknown" is our own entry and no sign of life; it keeps the time of the node's last.</summary>
    private static bool IsNewer(Sign heard, Sign known) =>
        heard.Uid != known.Uid || heard.Renewed != known.Renewed || heard.Heartbeat > known.Heartbeat
        || (heard.Heartbeat is not null && known.Heartbeat is null);
}
