using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

/// <summary>Keeps pods of one template running and replaces them step by step when the template changes.</summary>
[ProtoMessage("k8s.io.api.apps.v1.Deployment")]
[Resource("apps", "v1", "Deployment", "deployments", "deployment", Namespaced = true, ShortNames = ["deploy"], Categories = ["all"])]
public sealed record Deployment : KubernetesObject
{
    public Deployment()
    {
        ApiVersion = "apps/v1";
        Kind = "Deployment";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public DeploymentSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public DeploymentStatus? Status { get; init; }
}
