using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>
/// Lists the pods behind each Service in EndpointSlices. Watches Services, pods for the Services that select them, and slices for
/// their Service in case someone else changed them.
/// </summary>
internal static class EndpointSliceController
{
    public const string Name = "endpointslice";
    public const string ByService = "service";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Service>.Resource, Workers = context.Options.Workers });
        context.Informers.For<Service>().WithSelectors();
        context.Informers.For<EndpointSlice>().AddIndex(ByService, static slice => ServiceOf(slice) is { } key ? [key.ToString()] : []);
        var services = controller.WatchOwn<Service>().Lister;
        var nodes = controller.Use<Node>().Lister;
        var pods = controller.Watch<Pod>(change => services.KeysAffected(change)).Lister;
        var slices = controller.Watch<EndpointSlice>(static change => ServiceOf(change.Object) is { } key ? [key] : []).Lister;
        return controller.ReconcileWith(new EndpointSliceReconciler(context.Client, services, pods, nodes, slices));
    }

    /// <summary>Null for slices that another controller, or a person, manages.</summary>
    private static ObjectKey? ServiceOf(EndpointSlice slice) =>
        slice.Metadata.Labels is { } labels && labels.GetValueOrDefault(SliceDraft.ManagedByLabel) == SliceDraft.ManagedBy
            && labels.GetValueOrDefault(SliceDraft.ServiceNameLabel) is { } name
            ? new ObjectKey(slice.Metadata.Namespace!, name)
            : null;
}
