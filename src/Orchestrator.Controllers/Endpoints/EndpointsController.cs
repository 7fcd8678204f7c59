using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;

namespace Orchestrator.Controllers.Endpoints;

/// <summary>Keeps the older Endpoints object of each Service, for clients that do not read EndpointSlices.</summary>
internal static class EndpointsController
{
    public const string Name = "endpoints";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Service>.Resource, Workers = context.Options.Workers });
        context.Informers.For<Service>().WithSelectors();
        var services = controller.WatchOwn<Service>().Lister;
        var pods = controller.Watch<Pod>(change => services.KeysAffected(change)).Lister;
        var endpoints = controller.WatchOwn<CoreEndpoints>().Lister;
        return controller.ReconcileWith(new EndpointsReconciler(context.Client, services, pods, endpoints));
    }
}
