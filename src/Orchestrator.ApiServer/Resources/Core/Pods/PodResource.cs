using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Policy.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods.Subresources;
using Orchestrator.ApiServer.Streaming;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

internal static class PodResource
{
    /// <param name="kubelets">Reaches the nodes' kubelets for logs and streams.</param>
    /// <param name="pods">Reaches the pods themselves.</param>
    public static ResourceDefinition Definition(KubeletConnector kubelets, PodConnector pods) => ResourceDefinition.For<Pod>() with
    {
        Strategy = new PodStrategy(),
        Subresources =
        [
            Subresource.Connect("attach", new PodStreamHandler(kubelets, PodStream.Attach), "PodAttachOptions", "create", "get"),
            Subresource.Create<Binding>("binding", new BindingHandler()),
            Subresource.View("ephemeralcontainers", new EphemeralContainersStrategy()),
            Subresource.Create<Eviction>("eviction", new EvictionHandler()),
            Subresource.Connect("exec", new PodStreamHandler(kubelets, PodStream.Exec), "PodExecOptions", "create", "get"),
            Subresource.Connect("log", new PodLogHandler(kubelets), null, "get"),
            Subresource.Connect("portforward", new PodStreamHandler(kubelets, PodStream.PortForward), "PodPortForwardOptions", "create", "get"),
            Subresource.Connect("proxy", new PodProxyHandler(pods), "PodProxyOptions", "create", "delete", "get", "patch", "update"),
            Subresource.View("resize", new PodResizeStrategy()),
            Subresource.Status(new PodStatusStrategy()),
        ],
        InternalViews = [Subresource.View(BindingHandler.View, new PodAssignmentStrategy())],
        SelectableFields =
        [
            new SelectableField("spec.nodeName"), new SelectableField("spec.restartPolicy"), new SelectableField("spec.schedulerName"),
            new SelectableField("spec.serviceAccountName"), new SelectableField("spec.hostNetwork", "false"), new SelectableField("status.phase"),
            new SelectableField("status.podIP"), new SelectableField("status.nominatedNodeName"),
        ],
        Columns = PodColumns.All,
    };

    /// <summary>POST /bindings: like pods/binding, with the pod named in the body.</summary>
    public static ResourceDefinition Bindings { get; } = ResourceDefinition.ForReview<Binding>(new BindingHandler());
}
