using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Testing;

public sealed partial class FakeCluster : IMetadataClient
{
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private readonly Dictionary<GroupVersionResource, Codec> codecs = [];

    /// <summary>Makes a kind known to discovery before the first object of it exists.</summary>
    public void Know<T>()
        where T : KubernetesObject
    {
        lock (gate)
            Table<T>();
    }

    public Task<IReadOnlyList<DiscoveredResource>> DiscoverAsync(CancellationToken cancellationToken) => Serve(() =>
        (IReadOnlyList<DiscoveredResource>)[.. codecs.Values.Select(c => c.Discovered)]);

    Task<PartialObjectMetadata> IMetadataClient.GetAsync(
        GroupVersionResource resource, string? @namespace, string name, CancellationToken cancellationToken) => Serve(() =>
        {
            Note("get", resource, new ObjectKey(@namespace ?? "", name));
            return Table(resource).TryGetValue(new ObjectKey(@namespace ?? "", name), out var stored)
                ? MetadataOf(stored)
                : throw Errors.NotFound(resource, name);
        });

    Task<KubernetesList<PartialObjectMetadata>> IMetadataClient.ListAsync(
        GroupVersionResource resource, string? @namespace, ListOptions options, CancellationToken cancellationToken) => Serve(() =>
        {
            Note("list", resource, new ObjectKey(@namespace ?? "", ""));
            return new KubernetesList<PartialObjectMetadata>
            {
                Metadata = new ListMeta { ResourceVersion = Text(revision) },
                Items = [.. Table(resource).Values.Where(s => InNamespace(s, @namespace)).Select(MetadataOf)],
            };
        });

    async IAsyncEnumerable<WatchEvent<PartialObjectMetadata>> IMetadataClient.WatchAsync(
        GroupVersionResource resource, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (type, stored) in ChangesAsync(resource, null, options, cancellationToken))
            yield return new WatchEvent<PartialObjectMetadata>(type, MetadataOf(stored));
    }

    Task IMetadataClient.PatchAsync(
        GroupVersionResource resource, string? @namespace, string name, JsonNode mergePatch, CancellationToken cancellationToken) => Serve(() =>
        {
            var key = new ObjectKey(@namespace ?? "", name);
            Note("patch", resource, key);
            if (!Table(resource).TryGetValue(key, out var stored))
                throw Errors.NotFound(resource, name);
            codecs[resource].Merge(key, FakePatches.Apply(stored.Json, PatchType.Merge, mergePatch, typeof(KubernetesObject)));
            return true;
        });

    Task<bool> IMetadataClient.DeleteAsync(
        GroupVersionResource resource, string? @namespace, string name, DeleteOptions options, CancellationToken cancellationToken) => Serve(() =>
        {
            var key = new ObjectKey(@namespace ?? "", name);
            Note("delete", resource, key);
            return Delete(resource, key, options);
        });

    Task IMetadataClient.DeleteCollectionAsync(
        GroupVersionResource resource, string @namespace, DeleteOptions options, CancellationToken cancellationToken) => Serve(() =>
        {
            Note("delete", resource, new ObjectKey(@namespace, ""));
            foreach (var key in Table(resource).Keys.Where(k => k.Namespace == @namespace).ToArray())
                Delete(resource, key, options);
            return true;
        });

    private static PartialObjectMetadata MetadataOf(StoredObject stored) =>
        new() { ApiVersion = stored.Object.ApiVersion, Kind = stored.Object.Kind, Metadata = stored.Object.Metadata };

    /// <summary>Writes objects of a kind whose type is known only here.</summary>
    private abstract class Codec
    {
        public abstract DiscoveredResource Discovered { get; }

        public abstract void Put(ObjectKey key, KubernetesObject item);

        public abstract void Merge(ObjectKey key, JsonObject next);
    }

    private sealed class Codec<T>(FakeCluster cluster) : Codec
        where T : KubernetesObject
    {
        public override DiscoveredResource Discovered { get; } =
            new(ResourceOf<T>.Resource, ResourceOf<T>.Names.Kind, ResourceOf<T>.Names.Namespaced, AllVerbs);

        public override void Put(ObjectKey key, KubernetesObject item) => cluster.Put(key, (T)item);

        public override void Merge(ObjectKey key, JsonObject next) => cluster.Merge<T>(key, next, "");
    }
}
