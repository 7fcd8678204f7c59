namespace Orchestrator.Api.Authentication.V1;

/// <summary>Who a caller is.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.UserInfo")]
public sealed record UserInfo
{
    /// <summary>Name of the user.</summary>
    [Proto(1)]
    public string? Username { get; init; }

    /// <summary>Id of the user.</summary>
    [Proto(2)]
    public string? Uid { get; init; }

    /// <summary>Groups the user is in.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Further facts the authenticator gave.</summary>
    [Proto(4)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }
}
