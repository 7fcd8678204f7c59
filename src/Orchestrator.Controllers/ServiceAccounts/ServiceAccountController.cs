using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ServiceAccounts;

/// <summary>Sees to it that every namespace has the account "default", which pods run as unless they say otherwise.</summary>
internal static class ServiceAccountController
{
    public const string Name = "serviceaccount";

    public static IController Create(ControllerContext context)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Namespace>.Resource, Workers = context.Options.Workers });
        var namespaces = controller.WatchOwn<Namespace>().Lister;
        var accounts = controller.Watch<ServiceAccount>(static change =>
            change.New is null && change.Object.Metadata.Name == ServiceAccountReconciler.DefaultName
                ? [new ObjectKey("", change.Object.Metadata.Namespace!)]
                : []).Lister;
        return controller.ReconcileWith(new ServiceAccountReconciler(context.Client, namespaces, accounts));
    }
}
