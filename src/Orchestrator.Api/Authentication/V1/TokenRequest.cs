using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenRequest")]
[Resource("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", "tokenrequest", Namespaced = true)]
public sealed record TokenRequest : KubernetesObject
{
    public TokenRequest()
    {
        ApiVersion = "authentication.k8s.io/v1";
        Kind = "TokenRequest";
    }

    [Proto(2)]
    public TokenRequestSpec? Spec { get; init; }

    [Proto(3)]
    public TokenRequestStatus? Status { get; init; }
}
