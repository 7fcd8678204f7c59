namespace Orchestrator.Api.Meta.V1;

/// <summary>All groups of the server.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIGroupList")]
public sealed record APIGroupList
{
    /// <summary>Groups the user is in.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<APIGroup>? Groups { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
