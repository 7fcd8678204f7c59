namespace Orchestrator.ApiServer.Http;

/// <summary>What a URL asks for, in the API's own terms.</summary>
public sealed record RequestInfo
{
    /// <summary>False for discovery, health, metrics and the like: only <see cref="Path"/> and <see cref="Verb"/> count then.</summary>
    public bool IsResourceRequest { get; init; }

    public required string Path { get; init; }

    /// <summary>"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"; the HTTP method in lower case for plain paths.</summary>
    public required string Verb { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped requests and requests over all namespaces. For a Namespace object: its own name.</summary>
    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Namespace of the object itself: a Namespace lies in none, although its path and its authorization name one.</summary>
    public string ObjectNamespace => Resource == "namespaces" && Group.Length == 0 ? "" : Namespace;

    /// <summary>What follows the subresource in the path (for proxy), without its leading slash.</summary>
    public string SubresourcePath { get; init; } = "";

    public string FieldSelector { get; init; } = "";

    public string LabelSelector { get; init; } = "";
}
