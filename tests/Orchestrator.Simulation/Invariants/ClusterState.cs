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

    public static T Read<T>(KeyValue item)
        where T : KubernetesObject => ApiJson.Deserialize<T>(StoredForm.Json(item).Span);

    public static string PrefixOf<T>()
        where T : KubernetesObject
    {
        var resource = ResourceOf<T>.Resource;
        return resource.Group.Length == 0 ? $"/registry/{resource.Resource}/" : $"/registry/{resource.Group}/{resource.Resource}/";
    }
}
