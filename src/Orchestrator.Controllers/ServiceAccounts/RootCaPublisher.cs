using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ServiceAccounts;

/// <summary>Puts the authority by which pods verify the API server into every namespace, as ConfigMap kube-root-ca.crt.</summary>
internal static class RootCaPublisher
{
    public const string Name = "root-ca-certificate-publisher";

    public static IController Create(ControllerContext context, string authorityPem)
    {
        var controller = new Controller(context, new() { Name = Name, Resource = ResourceOf<Namespace>.Resource, Workers = context.Options.Workers });
        var namespaces = controller.WatchOwn<Namespace>().Lister;
        var configMaps = controller.Watch<ConfigMap>(static change =>
            change.Object.Metadata.Name == RootCaReconciler.ConfigMapName ? [new ObjectKey("", change.Object.Metadata.Namespace!)] : []).Lister;
        return controller.ReconcileWith(new RootCaReconciler(context.Client, namespaces, configMaps, authorityPem));
    }
}
