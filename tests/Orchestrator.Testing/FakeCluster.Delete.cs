using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Authentication.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Testing;

public sealed partial class FakeCluster
{
    private bool Delete(GroupVersionResource resource, ObjectKey key, DeleteOptions options)
    {
        if (!Table(resource).TryGetValue(key, out var stored))
            return false;
        var metadata = stored.Object.Metadata;
        if (options.Preconditions?.Uid is { } uid && uid != metadata.Uid)
            throw Errors.Conflict(resource, key.Name);
        if (options.Preconditions?.ResourceVersion is { } version && version != metadata.ResourceVersion)
            throw Errors.Conflict(resource, key.Name);

        var finalizers = FakeKinds.FinalizersAfterDelete(metadata, options.PropagationPolicy);
        var grace = FakeKinds.GraceOf(stored.Object, options);
        if (grace == 0 && finalizers.Count == 0 && !FakeKinds.HoldsContent(stored.Object))
        {
            Remove(resource, key);
            return true;
        }

        var marked = stored.Object.WithMetadata(metadata with
        {
            DeletionTimestamp = metadata.DeletionTimestamp ?? time.GetUtcNow() + TimeSpan.FromSeconds(grace),
            DeletionGracePeriodSeconds = grace,
            Finalizers = finalizers.Count == 0 ? null : finalizers,
        });
        codecs[resource].Put(key, FakeKinds.MarkTerminating(marked));
        return true;
    }

    private void Remove(GroupVersionResource resource, ObjectKey key)
    {
        Table(resource).Remove(key, out var old);
        var json = (JsonObject)old!.Json.DeepClone();
        json["metadata"]!["resourceVersion"] = Text(++revision);
        Publish(resource, old, new StoredObject(old.Object.WithMetadata(old.Object.Metadata with { ResourceVersion = Text(revision) }), json), gone: true);
    }

    private object CreateSubresource<TParent>(ObjectKey key, string subresource, object? body)
        where TParent : KubernetesObject
    {
        var parent = Existing<TParent>(key).Object;
        switch (subresource, parent, body)
        {
            case ("binding", Pod pod, Binding binding):
                if (!string.IsNullOrEmpty(pod.Spec!.NodeName))
                    throw Errors.Conflict(ResourceOf<Pod>.Resource, key.Name);
                Put(key, FakeKinds.Bind(pod, binding, time.GetUtcNow()));
                return new Status { StatusValue = "Success", Code = 201 };
            case ("eviction", Pod, _):
                Delete(ResourceOf<Pod>.Resource, key, new DeleteOptions());
                return new Status { StatusValue = "Success", Code = 201 };
            case ("token", ServiceAccount, TokenRequest request):
                var expires = time.GetUtcNow() + TimeSpan.FromSeconds(request.Spec?.ExpirationSeconds ?? 3600);
                return request with { Status = new TokenRequestStatus { Token = $"token-of-{key}-{++nextSuffix}", ExpirationTimestamp = expires } };
            default:
                throw new NotSupportedException($"subresource {subresource} of {typeof(TParent).Name}");
        }
    }
}
