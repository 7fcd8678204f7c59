namespace Orchestrator.Api.Authorization.V1;

/// <summary>What is asked about.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReviewSpec")]
public sealed record SubjectAccessReviewSpec
{
    /// <summary>The resource access that is asked about.</summary>
    [Proto(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>The URL access that is asked about.</summary>
    [Proto(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    /// <summary>User that is asked about.</summary>
    [Proto(3)]
    public string? User { get; init; }

    /// <summary>Groups of the user that is asked about.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Further facts the authenticator gave.</summary>
    [Proto(5)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    /// <summary>Id of the user that is asked about.</summary>
    [Proto(6)]
    public string? Uid { get; init; }
}
