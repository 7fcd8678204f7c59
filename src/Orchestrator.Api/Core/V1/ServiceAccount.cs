using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ServiceAccount")]
[Resource("", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", Namespaced = true, ShortNames = ["sa"])]
public sealed record ServiceAccount : KubernetesObject
{
    public ServiceAccount()
    {
        ApiVersion = "v1";
        Kind = "ServiceAccount";
    }

    [Proto(2), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<ObjectReference>? Secrets { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    [Proto(4)]
    public bool? AutomountServiceAccountToken { get; init; }
}
