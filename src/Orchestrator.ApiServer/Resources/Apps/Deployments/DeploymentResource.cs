using Orchestrator.Api.Apps.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;

namespace Orchestrator.ApiServer.Resources.Apps.Deployments;

internal static class DeploymentResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<Deployment>() with
    {
        Strategy = new DeploymentResourceStrategy(),
        Subresources =
        [
            Subresource.Scale("spec.replicas", "status.replicas", "spec.selector"),
            Subresource.Status(new ResourceStrategy<Deployment>()),
        ],
        Columns =
        [
            Column.NameColumn,
            Column.Of<Deployment>("Ready", "string", 0, one => $"{one.Status?.ReadyReplicas ?? 0}/{one.Spec?.Replicas ?? 0}", "Ready pods, of all wanted."),
            Column.Of<Deployment>("Up-to-date", "integer", 0, one => one.Status?.UpdatedReplicas ?? 0, "Pods of the current template."),
            Column.Of<Deployment>("Available", "integer", 0, one => one.Status?.AvailableReplicas ?? 0, "Pods ready for long enough."),
            Column.AgeColumn,
            Column.Of<Deployment>("Containers", "string", 1, one => CellText.ContainerNames(one.Spec?.Template)),
            Column.Of<Deployment>("Images", "string", 1, one => CellText.Images(one.Spec?.Template)),
            Column.Of<Deployment>("Selector", "string", 1, one => CellText.Selector(one.Spec?.Selector)),
        ],
    };
}
