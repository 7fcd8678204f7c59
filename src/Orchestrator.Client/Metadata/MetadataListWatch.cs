using Orchestrator.Api;
using Orchestrator.Client.Informers;

namespace Orchestrator.Client.Metadata;

/// <summary>Feeds an informer with the metadata of all objects of a kind.</summary>
public sealed class MetadataListWatch(IMetadataClient client, GroupVersionResource resource) : IListWatch<PartialObjectMetadata>
{
    public Task<KubernetesList<PartialObjectMetadata>> ListAsync(ListOptions options, CancellationToken cancellationToken) =>
        client.ListAsync(resource, null, options, cancellationToken);

    public IAsyncEnumerable<WatchEvent<PartialObjectMetadata>> WatchAsync(ListOptions options, CancellationToken cancellationToken) =>
        client.WatchAsync(resource, options, cancellationToken);
}
