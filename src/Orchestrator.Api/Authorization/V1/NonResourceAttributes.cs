namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.NonResourceAttributes")]
public sealed record NonResourceAttributes
{
    [Proto(1)]
    public string? Path { get; init; }

    [Proto(2)]
    public string? Verb { get; init; }
}
