using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Patches;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>The registry for code inside the server: the same caches and the same write path as requests have.</summary>
internal sealed class RegistryAccess(
    IApiServer server, CacheHub hub, ObjectStore objects, CreateWriter creates, UpdateWriter updates, DeleteWriter deletes, RequestContext? origin = null) : IRegistryReader, IRegistryWriter
{
    private const string Manager = "orchestrator-apiserver";

    public IRegistryWriter On(RequestContext context) => new RegistryAccess(server, hub, objects, creates, updates, deletes, context);

    public T? Get<T>(string @namespace, string name)
        where T : KubernetesObject => (T?)hub.Of(server.Resources.Of<T>()).Find(ObjectStore.PathOf(@namespace, name))?.Typed;

    public IReadOnlyList<T> List<T>(string? @namespace)
        where T : KubernetesObject
    {
        var (entries, _, _) = hub.Of(server.Resources.Of<T>()).Read(0);
        var items = new List<T>(string.IsNullOrEmpty(@namespace) ? entries.Count : 16);
        foreach (var entry in entries.From(string.IsNullOrEmpty(@namespace) ? "" : @namespace + "/"))
        {
            if (entry.Fault is null)
                items.Add((T)entry.Typed);
        }

        return items;
    }

    public long Version<T>()
        where T : KubernetesObject => hub.Of(server.Resources.Of<T>()).LastRevision;

    public async ValueTask<T?> GetLatestAsync<T>(string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var found = await objects.GetLatestAsync(server.Resources.Of<T>(), @namespace, name, cancellationToken);
        return found is null ? null : ApiJson.Deserialize<T>(found.Json);
    }

    public Task WaitForCacheAsync<T>(CancellationToken cancellationToken)
        where T : KubernetesObject => hub.WaitUntilFilledAsync(cancellationToken).AsTask();

    public async Task<T> CreateAsync<T>(T item, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var definition = server.Resources.Of<T>();
        var context = ContextOf(definition, "create", item.Metadata.Namespace ?? "", item.Metadata.Name ?? "", "", user);
        var document = ObjectDecoder.DecodeWithDefaults(context, definition, ApiJson.Serialize(item), FieldValidation.Ignore);
        var result = await creates.CreateAsync(
            context, definition, item.Metadata.Namespace ?? "", new ApiObject(document), FieldOwnership.ForUpdate(context), cancellationToken);
        return ApiJson.Deserialize<T>(result.Json);
    }

    public async Task<T> UpdateAsync<T>(
        string @namespace, string name, string subresource, Func<T, T> change, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var definition = server.Resources.Of<T>();
        var context = ContextOf(definition, "update", @namespace, name, subresource, user);
        var result = await updates.UpdateAsync(new UpdateRequest
        {
            Context = context,
            Definition = definition,
            View = subresource.Length == 0 ? null : definition.FindView(subresource) ?? throw ApiErrors.UnknownPath(),
            Namespace = @namespace,
            Name = name,
            Change = current => Changed(context, definition, current!, change),
            Ownership = FieldOwnership.ForUpdate(context),
        }, cancellationToken);
        return ApiJson.Deserialize<T>(result.Json);
    }

    public async Task<bool> DeleteAsync<T>(string @namespace, string name, DeleteOptions? options, UserInfo user, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var definition = server.Resources.Of<T>();
        try
        {
            await deletes.DeleteAsync(ContextOf(definition, "delete", @namespace, name, "", user), definition, @namespace, name, options ?? new DeleteOptions(), cancellationToken);
            return true;
        }
        catch (ApiException error) when (error.Code == 404)
        {
            return false;
        }
    }

    private static JsonObject Changed<T>(RequestContext context, ResourceDefinition definition, JsonObject current, Func<T, T> change)
        where T : KubernetesObject
    {
        var before = ApiJson.Deserialize<T>(Api.Documents.DocumentJson.Encode(current));
        var after = change(before);
        return ReferenceEquals(before, after)
            ? current
            : ObjectDecoder.DecodeWithDefaults(context, definition, ApiJson.Serialize(after), FieldValidation.Ignore);
    }

    private RequestContext ContextOf(ResourceDefinition definition, string verb, string @namespace, string name, string subresource, UserInfo user) => new()
    {
        Server = server,
        Received = server.Time.GetUtcNow(),
        User = user,
        Http = origin?.Http,
        DryRun = origin?.DryRun ?? false,
        FieldManager = origin?.FieldManager is { Length: > 0 } manager ? manager : Manager,
        Info = new RequestInfo
        {
            IsResourceRequest = true,
            Path = "",
            Verb = verb,
            Group = definition.Resource.Group,
            Version = definition.Resource.Version,
            Resource = definition.Resource.Resource,
            Namespace = @namespace,
            Name = name,
            Subresource = subresource,
        },
    };
}
