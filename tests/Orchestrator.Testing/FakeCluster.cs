using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;

namespace Orchestrator.Testing;

/// <summary>
/// An API server in memory, behind the client's interface: names, uids, resource versions, conflicts, finalizers, graceful deletion
/// of pods, all patch types, watches from any revision. It does no validation, defaulting, admission or garbage collection. Every
/// call ends before it returns, so tests are deterministic; watchers are told at once.
/// </summary>
public sealed partial class FakeCluster(TimeProvider time) : IApiClient
{
    private readonly Lock gate = new();
    private readonly Dictionary<GroupVersionResource, SortedDictionary<ObjectKey, StoredObject>> objects = [];
    private readonly List<FakeRequest> requests = [];
    private long revision = 1000;
    private int nextUid;
    private int nextSuffix;

    /// <summary>Asked before each request; an exception it returns is thrown instead of serving the request.</summary>
    public Func<FakeRequest, ApiException?>? Refuse { get; set; }

    /// <summary>May change what is about to be stored, as defaults and admission do.</summary>
    public Func<KubernetesObject, KubernetesObject>? Admit { get; set; }

    /// <summary>Everything asked so far, in order.</summary>
    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (gate)
                return [.. requests];
        }
    }

    public IReadOnlyList<FakeRequest> Writes => [.. Requests.Where(r => r.IsWrite)];

    public long Revision => Interlocked.Read(ref revision);

    public void ForgetRequests()
    {
        lock (gate)
            requests.Clear();
    }

    /// <summary>The object as stored, without counting as a request; null when there is none.</summary>
    public T? Find<T>(string? @namespace, string name)
        where T : KubernetesObject
    {
        lock (gate)
            return (T?)Table<T>().GetValueOrDefault(new ObjectKey(@namespace ?? "", name))?.Object;
    }

    /// <summary>All objects of a kind, without counting as a request.</summary>
    public IReadOnlyList<T> All<T>()
        where T : KubernetesObject
    {
        lock (gate)
            return [.. Table<T>().Values.Select(s => (T)s.Object)];
    }

    public Task<T> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() =>
        {
            var key = KeyOf<T>(@namespace, name);
            Note("get", ResourceOf<T>.Resource, key);
            return (T)Existing<T>(key).Object;
        });

    public Task<KubernetesList<T>> ListAsync<T>(string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() =>
        {
            Note("list", ResourceOf<T>.Resource, new ObjectKey(@namespace ?? "", ""));
            var selectors = new FakeSelectors(options);
            return new KubernetesList<T>
            {
                Metadata = new ListMeta { ResourceVersion = Text(revision) },
                Items = [.. Table<T>().Values.Where(s => InNamespace(s, @namespace) && selectors.Match(s)).Select(s => (T)s.Object)],
            };
        });

    public Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() =>
        {
            var name = item.Metadata.Name ?? item.Metadata.GenerateName + Suffix();
            var key = KeyOf<T>(item.Metadata.Namespace, name);
            Note("create", ResourceOf<T>.Resource, key);
            if (Table<T>().ContainsKey(key))
                throw Errors.AlreadyExists(ResourceOf<T>.Resource, name);
            var created = item.WithMetadata(item.Metadata with
            {
                Name = name,
                Namespace = key.Namespace.Length == 0 ? null : key.Namespace,
                Uid = NextUid(),
                CreationTimestamp = time.GetUtcNow(),
                Generation = 1,
                DeletionTimestamp = null,
                DeletionGracePeriodSeconds = null,
            });
            return (T)Put(key, FakeKinds.Prepare(created)).Object;
        });

    public Task<T> UpdateAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() => Replace(item, ""));

    public Task<T> UpdateStatusAsync<T>(T item, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() => Replace(item, "status"));

    public Task<T> UpdateSubresourceAsync<T>(T item, string subresource, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() => Replace(item, subresource));

    public Task<T> PatchAsync<T>(
        string? @namespace, string name, PatchType type, JsonNode patch, string? subresource, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() =>
        {
            var key = KeyOf<T>(@namespace, name);
            Note("patch", ResourceOf<T>.Resource, key, subresource ?? "");
            var patched = FakePatches.Apply(Existing<T>(key).Json, type, patch, typeof(T));
            return Merge<T>(key, patched, subresource ?? "");
        });

    public Task<bool> DeleteAsync<T>(string? @namespace, string name, DeleteOptions? options, CancellationToken cancellationToken)
        where T : KubernetesObject => Serve(() =>
        {
            var key = KeyOf<T>(@namespace, name);
            Note("delete", ResourceOf<T>.Resource, key);
            return Delete(ResourceOf<T>.Resource, key, options ?? new DeleteOptions());
        });

    public Task<TResult> CreateSubresourceAsync<TParent, TBody, TResult>(
        string? @namespace, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : KubernetesObject => Serve(() =>
        {
            var key = KeyOf<TParent>(@namespace, name);
            Note("create", ResourceOf<TParent>.Resource, key, subresource);
            return (TResult)CreateSubresource<TParent>(key, subresource, body);
        });

    /// <summary>Raw requests are beyond this fake; set <see cref="RawHandler"/> to serve them.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken) =>
        Task.FromResult(RawHandler?.Invoke(request) ?? throw new NotSupportedException($"{request.Method} {request.RequestUri}"));

    public Func<HttpRequestMessage, HttpResponseMessage>? RawHandler { get; set; }

    private T Replace<T>(T item, string subresource)
        where T : KubernetesObject
    {
        var key = KeyOf<T>(item.Metadata.Namespace, item.Metadata.Name!);
        Note("update", ResourceOf<T>.Resource, key, subresource);
        return Merge<T>(key, (JsonObject)JsonSerializer.SerializeToNode(item, ApiJson.TypeInfo<T>())!, subresource);
    }

    /// <summary>Takes from the new state what the subresource may change, and writes it if it differs.</summary>
    private T Merge<T>(ObjectKey key, JsonObject next, string subresource)
        where T : KubernetesObject
    {
        var old = Existing<T>(key);
        if (next["metadata"]?["resourceVersion"]?.GetValue<string>() is { Length: > 0 } expected && expected != old.Object.Metadata.ResourceVersion)
            throw Errors.Conflict(ResourceOf<T>.Resource, key.Name);
        if (next["metadata"]?["uid"]?.GetValue<string>() is { Length: > 0 } uid && uid != old.Object.Metadata.Uid)
            throw Errors.Conflict(ResourceOf<T>.Resource, key.Name);

        var json = FakeKinds.Combine(old.Json, next, subresource, typeof(T));
        if (JsonNode.DeepEquals(json, old.Json))
            return (T)old.Object;
        var item = json.Deserialize(ApiJson.TypeInfo<T>())!;
        if (!JsonNode.DeepEquals(json["spec"], old.Json["spec"]))
            item = item.WithMetadata(item.Metadata with { Generation = (old.Object.Metadata.Generation ?? 0) + 1 });
        var stored = Put(key, item);
        if (FakeKinds.IsFinished(stored.Object))
            Remove(ResourceOf<T>.Resource, key);
        return (T)stored.Object;
    }

    private StoredObject Put<T>(ObjectKey key, T item)
        where T : KubernetesObject
    {
        if (Admit is not null)
            item = (T)Admit(item);
        item = item.WithMetadata(item.Metadata with { ResourceVersion = Text(++revision) });
        var json = (JsonObject)JsonSerializer.SerializeToNode(item, ApiJson.TypeInfo<T>())!;
        // Through JSON and back, as over the wire: what JSON cannot hold, a reader must not see.
        var stored = new StoredObject(json.Deserialize(ApiJson.TypeInfo<T>())!, json);
        var old = Table<T>().GetValueOrDefault(key);
        Table<T>()[key] = stored;
        Publish(ResourceOf<T>.Resource, old, stored);
        return stored;
    }

    private StoredObject Existing<T>(ObjectKey key)
        where T : KubernetesObject =>
        Table<T>().GetValueOrDefault(key) ?? throw Errors.NotFound(ResourceOf<T>.Resource, key.Name);

    private SortedDictionary<ObjectKey, StoredObject> Table<T>()
        where T : KubernetesObject
    {
        codecs.TryAdd(ResourceOf<T>.Resource, new Codec<T>(this));
        return Table(ResourceOf<T>.Resource);
    }

    private SortedDictionary<ObjectKey, StoredObject> Table(GroupVersionResource resource)
    {
        if (!objects.TryGetValue(resource, out var table))
            objects.Add(resource, table = []);
        return table;
    }

    private Task<TResult> Serve<TResult>(Func<TResult> serve)
    {
        try
        {
            lock (gate)
                return Task.FromResult(serve());
        }
        catch (ApiException e)
        {
            return Task.FromException<TResult>(e);
        }
    }

    private void Note(string verb, GroupVersionResource resource, ObjectKey key, string subresource = "")
    {
        var request = new FakeRequest(verb, resource.Resource, key, subresource);
        requests.Add(request);
        if (Refuse?.Invoke(request) is { } refusal)
            throw refusal;
    }

    private string NextUid() => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{++nextUid:x12}");

    private string Suffix() => string.Create(CultureInfo.InvariantCulture, $"{++nextSuffix:d5}");

    private static ObjectKey KeyOf<T>(string? @namespace, string name)
        where T : KubernetesObject => new(ResourceOf<T>.Names.Namespaced ? @namespace ?? "" : "", name);

    private static bool InNamespace(StoredObject stored, string? @namespace) =>
        string.IsNullOrEmpty(@namespace) || stored.Object.Metadata.Namespace == @namespace;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
