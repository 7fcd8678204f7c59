using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;

namespace Orchestrator.Controllers.Endpoints;

/// <summary>Keys are Services. Unlike slices, the object of a Service that is gone has no owner and is deleted here.</summary>
internal sealed class EndpointsReconciler(
    IApiClient client, ILister<Service> services, ILister<Pod> pods, ILister<CoreEndpoints> endpoints) : IReconciler
{
    private const string ManagedByLabel = "endpoints.kubernetes.io/managed-by";
    private const string ManagedBy = "endpoint-controller";
    private const string HeadlessLabel = "service.kubernetes.io/headless";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var current = endpoints.Find(key);
        if (services.Find(key) is not { } service)
        {
            if (current?.Metadata.Labels?.GetValueOrDefault(ManagedByLabel) == ManagedBy)
                await client.DeleteAsync<CoreEndpoints>(key.Namespace, key.Name, null, cancellationToken);
            return ReconcileResult.Done;
        }

        if (service.Spec?.Selector is not { Count: > 0 } labels || service.IsBeingDeleted() || service.Spec.Type == "ExternalName")
            return ReconcileResult.Done;
        var selector = LabelMatcher.Of(labels);
        var subsets = Subsets.Compute(service, pods.List(key.Namespace).Where(p => selector.Matches(p.Metadata.Labels)));
        await WriteAsync(service, current, subsets, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task WriteAsync(
        Service service, CoreEndpoints? current, IReadOnlyList<EndpointSubset> subsets, CancellationToken cancellationToken)
    {
        var metadata = (current?.Metadata ?? new ObjectMeta { Name = service.Metadata.Name, Namespace = service.Metadata.Namespace }) with
        {
            Labels = LabelsOf(service),
        };
        var desired = new CoreEndpoints { Metadata = metadata, Subsets = subsets.Count == 0 ? null : subsets };
        if (current is null)
            await client.CreateAsync(desired, cancellationToken);
        else if (!ApiEquality.Same(desired, current with { Subsets = current.Subsets is { Count: > 0 } ? current.Subsets : null }))
            await client.UpdateAsync(desired, cancellationToken);
    }

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>()) { [ManagedByLabel] = ManagedBy };
        labels.Remove(HeadlessLabel);
        if (service.Spec?.ClusterIP == "None")
            labels[HeadlessLabel] = "";
        return labels;
    }
}
