using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.EndpointSlices;

namespace Orchestrator.Controllers.ClusterDns;

internal sealed class ClusterDnsReconciler(
    IApiClient client, ILister<Namespace> namespaces, ILister<Service> services, ILister<Node> nodes, ILister<EndpointSlice> slices,
    string clusterIp) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(new ObjectKey("", key.Namespace)) is null)
            return ReconcileResult.Done;
        // A Service that is there may be the user's own choice of ports and labels; only a missing one is made.
        var service = services.Find(key) ?? await client.CreateAsync(DnsObjects.Service(clusterIp), cancellationToken);
        if (service.Spec?.Selector is { Count: > 0 })
            return ReconcileResult.Done;

        var desired = DnsObjects.Slices(service, nodes.List());
        foreach (var slice in desired)
            await WriteAsync(slice, cancellationToken);
        foreach (var slice in slices.List(key.Namespace))
        {
            if (DnsObjects.IsOurs(slice) && !desired.Any(d => d.Metadata.Name == slice.Metadata.Name))
                await client.DeleteAsync<EndpointSlice>(key.Namespace, slice.Metadata.Name!, null, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private async Task WriteAsync(EndpointSlice slice, CancellationToken cancellationToken)
    {
        var current = slices.Find(slice.Key());
        if (current is null)
            await client.CreateAsync(slice, cancellationToken);
        else if (!SameEndpoints(current.Endpoints ?? [], slice.Endpoints!))
            await client.UpdateAsync(slice.WithMetadata(slice.Metadata with { ResourceVersion = current.Metadata.ResourceVersion }), cancellationToken);
    }

    private static bool SameEndpoints(IReadOnlyList<Endpoint> left, IReadOnlyList<Endpoint> right)
    {
        if (left.Count != right.Count)
            return false;
        for (var i = 0; i < left.Count; i++)
        {
            if (!EndpointIdentity.Same(left[i], right[i]))
                return false;
        }

        return true;
    }
}
