namespace Orchestrator.Api.Authorization.V1;

/// <summary>Access to a resource.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.ResourceAttributes")]
public sealed record ResourceAttributes
{
    /// <summary>Namespace of the object.</summary>
    [Proto(1)]
    public string? Namespace { get; init; }

    /// <summary>The verb.</summary>
    [Proto(2)]
    public string? Verb { get; init; }

    /// <summary>API group; empty for the core group.</summary>
    [Proto(3)]
    public string? Group { get; init; }

    /// <summary>API version.</summary>
    [Proto(4)]
    public string? Version { get; init; }

    /// <summary>The resource.</summary>
    [Proto(5)]
    public string? Resource { get; init; }

    /// <summary>Subresource in question.</summary>
    [Proto(6)]
    public string? Subresource { get; init; }

    /// <summary>Name of the object.</summary>
    [Proto(7)]
    public string? Name { get; init; }

    /// <summary>Field selector of the request.</summary>
    [Proto(8)]
    public FieldSelectorAttributes? FieldSelector { get; init; }

    /// <summary>Selects objects by their labels.</summary>
    [Proto(9)]
    public LabelSelectorAttributes? LabelSelector { get; init; }
}
