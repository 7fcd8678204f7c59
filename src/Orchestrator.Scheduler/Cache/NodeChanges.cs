using Orchestrator.Api.Core.V1;

namespace Orchestrator.Scheduler.Cache;

/// <summary>Tells a node's heartbeat from a change that placing depends on.</summary>
internal static class NodeChanges
{
    public static bool Matter(Node before, Node after) =>
        before.Spec?.Unschedulable != after.Spec?.Unschedulable
        || !Same(before.Metadata.Labels, after.Metadata.Labels)
        || !(before.Spec?.Taints ?? []).SequenceEqual(after.Spec?.Taints ?? [])
        || !Same(before.Status?.Allocatable, after.Status?.Allocatable);

    private static bool Same<T>(IReadOnlyDictionary<string, T>? left, IReadOnlyDictionary<string, T>? right)
        where T : notnull
    {
        if ((left?.Count ?? 0) != (right?.Count ?? 0))
            return false;
        foreach (var (key, value) in left ?? new Dictionary<string, T>())
        {
            if (!right!.TryGetValue(key, out var other) || !value.Equals(other))
                return false;
        }

        return true;
    }
}
