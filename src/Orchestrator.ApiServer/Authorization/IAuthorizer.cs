using Orchestrator.ApiServer.Authentication;

namespace Orchestrator.ApiServer.Authorization;

/// <summary>
/// Decides whether a user may do something. Asked in order; the first that allows or denies decides; no opinion from all means
/// denied. Called for every request, concurrently: answers come from memory.
/// </summary>
public interface IAuthorizer
{
    ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken);
}

public enum AuthorizationDecision { NoOpinion, Allow, Deny }

/// <param name="Reason">Why; appended to the 403's message when denied.</param>
public readonly record struct AuthorizationResult(AuthorizationDecision Decision, string Reason)
{
    public static AuthorizationResult NoOpinion(string reason = "") => new(AuthorizationDecision.NoOpinion, reason);

    public static AuthorizationResult Allow(string reason = "") => new(AuthorizationDecision.Allow, reason);

    public static AuthorizationResult Deny(string reason) => new(AuthorizationDecision.Deny, reason);
}

/// <summary>What is asked of an <see cref="IAuthorizer"/>: a verb on a resource, or on a path when it is not a resource request.</summary>
public sealed record AuthorizationAttributes
{
    public required UserInfo User { get; init; }

    /// <summary>"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "escalate"...; the HTTP method in lower case for paths.</summary>
    public required string Verb { get; init; }

    public bool IsResourceRequest { get; init; } = true;

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped resources and requests over all namespaces.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty when the request names no object (list, watch, create, deletecollection).</summary>
    public string Name { get; init; } = "";

    /// <summary>URL path of a request that is not for a resource.</summary>
    public string Path { get; init; } = "";

    /// <summary>The request's field selector, if any: the node authorizer looks at spec.nodeName.</summary>
    public string FieldSelector { get; init; } = "";

    public string LabelSelector { get; init; } = "";
}
