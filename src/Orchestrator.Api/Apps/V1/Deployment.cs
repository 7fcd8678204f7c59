using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

[ProtoMessage("k8s.io.api.apps.v1.Deployment")]
[Resource("apps", "v1", "Deployment", "deployments", "deployment", Namespaced = true, ShortNames = ["deploy"], Categories = ["all"])]
public sealed record Deployment : KubernetesObject
{
    public Deployment()
    {
        ApiVersion = "apps/v1";
        Kind = "Deployment";
    }

    [Proto(2)]
    public DeploymentSpec? Spec { get; init; }

    [Proto(3)]
    public DeploymentStatus? Status { get; init; }
}
