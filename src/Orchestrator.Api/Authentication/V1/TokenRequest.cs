using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authentication.V1;

/// <summary>Asks for a service account token.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenRequest")]
[Resource("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", "tokenrequest", Namespaced = true)]
public sealed record TokenRequest : KubernetesObject
{
    public TokenRequest()
    {
        ApiVersion = "authentication.k8s.io/v1";
        Kind = "TokenRequest";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2)]
    public TokenRequestSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public TokenRequestStatus? Status { get; init; }
}
