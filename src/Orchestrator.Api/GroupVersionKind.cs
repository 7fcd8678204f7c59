namespace Orchestrator.Api;

/// <summary>Identity of a type. Group is empty for the core group.</summary>
public readonly record struct GroupVersionKind(string Group, string Version, string Kind)
{
    /// <summary>"apps/v1", or "v1" for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public static GroupVersionKind Parse(string apiVersion, string kind) =>
        apiVersion.IndexOf('/') is var slash && slash < 0
            ? new("", apiVersion, kind)
            : new(apiVersion[..slash], apiVersion[(slash + 1)..], kind);

    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}

/// <summary>Identity of a URL's resource, e.g. apps/v1 deployments.</summary>
public readonly record struct GroupVersionResource(string Group, string Version, string Resource)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>"deployments.apps", or "pods" for the core group: the form used in messages and RBAC.</summary>
    public string QualifiedResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";
}
