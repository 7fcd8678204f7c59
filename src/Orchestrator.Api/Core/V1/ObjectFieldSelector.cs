namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ObjectFieldSelector")]
public sealed record ObjectFieldSelector
{
    [Proto(1), Default("v1")]
    public string? ApiVersion { get; init; }

    [Proto(2), Required]
    public string? FieldPath { get; init; }
}
