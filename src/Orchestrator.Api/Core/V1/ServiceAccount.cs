using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>An identity for pods.</summary>
[ProtoMessage("k8s.io.api.core.v1.ServiceAccount")]
[Resource("", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", Namespaced = true, ShortNames = ["sa"])]
public sealed record ServiceAccount : KubernetesObject
{
    public ServiceAccount()
    {
        ApiVersion = "v1";
        Kind = "ServiceAccount";
    }

    /// <summary>Secrets pods of the account may use.</summary>
    [Proto(2), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<ObjectReference>? Secrets { get; init; }

    /// <summary>Secrets with registry credentials.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    /// <summary>Whether a token of the service account is mounted into pods.</summary>
    [Proto(4)]
    public bool? AutomountServiceAccountToken { get; init; }
}
