using Orchestrator.Controllers.ClusterDns;
using Orchestrator.Controllers.Deployments;
using Orchestrator.Controllers.Endpoints;
using Orchestrator.Controllers.EndpointSliceMirroring;
using Orchestrator.Controllers.EndpointSlices;
using Orchestrator.Controllers.GarbageCollection;
using Orchestrator.Controllers.Machinery;
using Orchestrator.Controllers.Namespaces;
using Orchestrator.Controllers.Nodes;
using Orchestrator.Controllers.PodGc;
using Orchestrator.Controllers.ReplicaSets;
using Orchestrator.Controllers.ServiceAccounts;

namespace Orchestrator.Controllers;

/// <summary>Every controller there is. A new one adds a line.</summary>
internal static class ControllerCatalog
{
    public static IReadOnlyList<IController> Create(ControllerContext context)
    {
        var options = context.Options;
        var controllers = new List<IController>
        {
            NamespaceController.Create(context),
            ServiceAccountController.Create(context),
            ReplicaSetController.Create(context),
            DeploymentController.Create(context),
            EndpointSliceController.Create(context),
            EndpointsController.Create(context),
            MirrorController.Create(context),
            NodeLifecycleController.Create(context),
            TaintEvictionController.Create(context),
            GarbageCollector.Create(context),
            PodGcController.Create(context),
        };
        if (options.RootCertificateAuthorityPem is { } pem)
            controllers.Add(RootCaPublisher.Create(context, pem));
        if (options.ClusterCidr is { } clusterCidr)
            controllers.Add(NodeIpamController.Create(context, clusterCidr));
        if (options.ClusterDnsIp is { } clusterDnsIp)
            controllers.Add(ClusterDnsController.Create(context, clusterDnsIp));
        return controllers;
    }
}
