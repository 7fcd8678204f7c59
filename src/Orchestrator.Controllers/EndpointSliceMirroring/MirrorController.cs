using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Controllers.EndpointSlices;
using Orchestrator.Controllers.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;

namespace Orchestrator.Controllers.EndpointSliceMirroring;

/// <summary>
/// Repeats as EndpointSlices what people write into the Endpoints of a Service without selector, for proxies read slices only.
/// </summary>
internal static class MirrorController
{
    public const string Name = "endpointslice-mirroring";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<CoreEndpoints>.Resource, Workers = context.Options.Workers });
        var services = controller.Watch<Service>(static change => HasNoSelector(change.Old) || HasNoSelector(change.New) ? [change.Object.Key()] : []).Lister;
        var endpoints = controller.Watch<CoreEndpoints>(change =>
            services.Find(change.Object.Key()) is { } service && HasNoSelector(service) ? [change.Object.Key()] : []).Lister;
        var slices = controller.Watch<EndpointSlice>(static change => MirroredSlices.IsOurs(change.Object)
            ? [new ObjectKey(change.Object.Metadata.Namespace!, change.Object.Metadata.Labels!.GetValueOrDefault(SliceDraft.ServiceNameLabel) ?? "")]
            : []).Lister;
        return controller.ReconcileWith(new MirrorReconciler(context.Client, services, endpoints, slices));
    }

    private static bool HasNoSelector(Service? service) => service?.Spec is { Selector: null or { Count: 0 } };
}
