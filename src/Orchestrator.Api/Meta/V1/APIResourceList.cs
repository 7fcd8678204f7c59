namespace Orchestrator.Api.Meta.V1;

/// <summary>The resources of one version of a group.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIResourceList")]
public sealed record APIResourceList
{
    /// <summary>Group and version, e.g. "apps/v1".</summary>
    [Proto(1), Required]
    public string? GroupVersion { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<APIResource>? Resources { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
