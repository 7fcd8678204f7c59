namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.BoundObjectReference")]
public sealed record BoundObjectReference
{
    [Proto(1)]
    public string? Kind { get; init; }

    [Proto(2)]
    public string? ApiVersion { get; init; }

    [Proto(3)]
    public string? Name { get; init; }

    [Proto(4)]
    public string? Uid { get; init; }
}
