using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.EndpointSlices;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;

namespace Orchestrator.Controllers.EndpointSliceMirroring;

/// <summary>Keys are Services, and the Endpoints of the same name.</summary>
internal sealed class MirrorReconciler(
    IApiClient client, ILister<Service> services, ILister<CoreEndpoints> endpoints, ILister<EndpointSlice> slices) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var source = endpoints.Find(key);
        var desired = source is not null && MirroredSlices.IsWanted(source, services.Find(key)) ? MirroredSlices.Of(source) : [];
        var present = slices.List(key.Namespace).Where(s =>
                MirroredSlices.IsOurs(s) && s.Metadata.Labels!.GetValueOrDefault(SliceDraft.ServiceNameLabel) == key.Name && !s.IsBeingDeleted())
            .OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();

        foreach (var wanted in desired)
        {
            // The family of a slice cannot change, so one is reused only for the same family.
            if (present.Find(s => s.AddressType == wanted.AddressType) is not { } slice)
                await client.CreateAsync(wanted, cancellationToken);
            else
            {
                present.Remove(slice);
                await UpdateAsync(slice, wanted, cancellationToken);
            }
        }

        foreach (var surplus in present)
        {
            var options = new DeleteOptions { Preconditions = new Preconditions { Uid = surplus.Metadata.Uid } };
            await client.DeleteAsync<EndpointSlice>(key.Namespace, surplus.Metadata.Name!, options, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private async Task UpdateAsync(EndpointSlice slice, EndpointSlice wanted, CancellationToken cancellationToken)
    {
        var next = slice with
        {
            Metadata = slice.Metadata with { Labels = wanted.Metadata.Labels, OwnerReferences = wanted.Metadata.OwnerReferences },
            Ports = wanted.Ports,
            Endpoints = wanted.Endpoints,
        };
        if (!ApiEquality.Same(slice, next))
            await client.UpdateAsync(next, cancellationToken);
    }
}
