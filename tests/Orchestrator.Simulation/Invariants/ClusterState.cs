using Orchestrator.Api;
using Orchestrator.Api.Serialization;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>The objects in the store, typed. Each version is decoded once.</summary>
internal sealed class ClusterState(ClusterLog log)
{
    private readonly Dictionary<string, (long Revision, KubernetesObject Item)> decoded = [];

    public IEnumerable<T> List<T>()
        where T : KubernetesObject
    {
        var prefix = PrefixOf<T>();
        foreach (var (key, item) in log.Current)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                yield return Decode<T>(item);
        }
    }

    public T Decode<T>(KeyValue item)
        where T : KubernetesObject
    {
        if (decoded.TryGetValue(item.Key, out var known) && known.Revision == item.ModRevision)
            return (T)known.Item;
        var fresh = Read<T>(item);
        decoded[item.Key] = (item.ModRevision, fresh);
        return fresh;
    }

    /// <summary>The stored form is compact JSON, a line feed, and the cause of the write.</summary>
    public static T Read<T>(KeyValue item)
        where T : KubernetesObject
    {
        var bytes = item.Value.Span;
        var end = bytes.IndexOf((byte)'\n');
        return ApiJson.Deserialize<T>(end < 0 ? bytes : bytes[..end]);
    }

    public static string PrefixOf<T>()
        where T : KubernetesObject
    {
        var resource = ResourceOf<T>.Resource;
        return resource.Group.Length == 0 ? $"/registry/{resource.Resource}/" : $"/registry/{resource.Group}/{resource.Resource}/";
    }
}
