using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>Keys are Services. Slices of a Service that is gone are the garbage collector's business.</summary>
internal sealed class EndpointSliceReconciler(
    IApiClient client, ILister<Service> services, ILister<Pod> pods, ILister<Node> nodes, ILister<EndpointSlice> slices) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (services.Find(key) is not { Spec.Selector.Count: > 0 } service || service.IsBeingDeleted() || service.Spec.Type == "ExternalName")
            return ReconcileResult.Done;

        var selector = LabelMatcher.Of(service.Spec.Selector);
        var selected = pods.List(key.Namespace).Where(p => selector.Matches(p.Metadata.Labels)).ToList();
        var existing = slices.ByIndex(EndpointSliceController.ByService, key.ToString());
        var plan = SlicePlan.Compute(service, selected, name => nodes.Find(new ObjectKey("", name)), existing);
        await ApplyAsync(plan, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task ApplyAsync(SlicePlan plan, CancellationToken cancellationToken)
    {
        foreach (var slice in plan.Create)
            await client.CreateAsync(slice, cancellationToken);
        foreach (var slice in plan.Update)
            await client.UpdateAsync(slice, cancellationToken);
        foreach (var slice in plan.Delete)
        {
            var options = new DeleteOptions { Preconditions = new Preconditions { Uid = slice.Metadata.Uid } };
            await client.DeleteAsync<EndpointSlice>(slice.Metadata.Namespace, slice.Metadata.Name!, options, cancellationToken);
        }
    }
}
