using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Namespaces;

/// <summary>Empties namespaces that are being deleted, then lets them go. A pod that ends may be the last thing one waits for.</summary>
internal static class NamespaceController
{
    public const string Name = "namespace";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Namespace>.Resource, Workers = context.Options.Workers });
        var namespaces = controller.WatchOwn<Namespace>().Lister;
        controller.Watch<Pod>(change =>
            change.New is null && new ObjectKey("", change.Object.Metadata.Namespace!) is var key && namespaces.Find(key)?.IsBeingDeleted() == true
                ? [key]
                : []);
        return controller.ReconcileWith(new NamespaceReconciler(context.Client, context.Metadata, namespaces, context.Time));
    }
}
