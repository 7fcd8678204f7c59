using Orchestrator.Api;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What a subresource does, which decides its verbs and its route.</summary>
public enum SubresourceKind
{
    /// <summary>The object itself under other rules: status, resize, ephemeralcontainers. get, patch, update.</summary>
    View,

    /// <summary>autoscaling/v1 Scale of the object. get, patch, update.</summary>
    Scale,

    /// <summary>POST of another kind: binding, eviction, token. create.</summary>
    Create,

    /// <summary>A stream or a proxied request: log, exec, attach, portforward, proxy. get and, where upgraded, create.</summary>
    Connect,
}

/// <summary>A subresource of a kind. Made with the factory methods.</summary>
public sealed record Subresource
{
    private Subresource(string name, SubresourceKind type, IReadOnlyList<string> verbs)
    {
        Name = name;
        Type = type;
        Verbs = verbs;
    }

    /// <summary>Last segment of the path, e.g. "status".</summary>
    public string Name { get; }

    public SubresourceKind Type { get; }

    public IReadOnlyList<string> Verbs { get; init; }

    /// <summary>Kind in discovery where it is not the parent's, e.g. policy/v1 Eviction.</summary>
    public GroupVersionKind? Kind { get; init; }

    /// <summary>Record of the body of a create; null for other types.</summary>
    public Type? BodyType { get; init; }

    /// <summary>Rules of a view; null for other types.</summary>
    public ResourceStrategy? Strategy { get; init; }

    public ICreateHandler? CreateHandler { get; init; }

    public IConnectHandler? ConnectHandler { get; init; }

    internal ScalePaths? ScalePaths { get; init; }

    internal TypedAccess? Access { get; init; }

    /// <summary>
    /// <c>/status</c>: an update keeps all but status and metadata as stored; the main resource keeps status as stored.
    /// </summary>
    public static Subresource Status(ResourceStrategy strategy) => View("status", strategy);

    /// <summary>
    /// The object under other rules. Apart from "status", the strategy's PrepareForUpdate has to restore what must not change.
    /// </summary>
    public static Subresource View(string name, ResourceStrategy strategy, params IReadOnlyList<string> verbs) =>
        new(name, SubresourceKind.View, verbs.Count == 0 ? ["get", "patch", "update"] : verbs) { Strategy = strategy };

    /// <param name="specReplicas">Path of the wish, e.g. "spec.replicas".</param>
    /// <param name="statusReplicas">Path of the count, e.g. "status.replicas".</param>
    /// <param name="selector">Path of a LabelSelector object or of a selector in text form, e.g. "spec.selector".</param>
    public static Subresource Scale(string specReplicas, string statusReplicas, string selector) =>
        new("scale", SubresourceKind.Scale, ["get", "patch", "update"])
        {
            Kind = new GroupVersionKind("autoscaling", "v1", "Scale"),
            ScalePaths = new ScalePaths(specReplicas, statusReplicas, selector),
        };

    /// <summary>A POST whose body is a <typeparamref name="TBody"/>.</summary>
    public static Subresource Create<TBody>(string name, ICreateHandler handler)
        where TBody : KubernetesObject =>
        new(name, SubresourceKind.Create, ["create"])
        {
            Kind = ResourceOf<TBody>.Kind,
            BodyType = typeof(TBody),
            CreateHandler = handler,
            Access = TypedAccess.Of<TBody>(),
        };

    /// <summary>A stream. The handler owns the HTTP exchange; authorization and connect admission have passed.</summary>
    /// <param name="kind">Kind in discovery, e.g. PodExecOptions; null for the parent's.</param>
    public static Subresource Connect(string name, IConnectHandler handler, string? kind, params IReadOnlyList<string> verbs) =>
        new(name, SubresourceKind.Connect, verbs) { Kind = kind is null ? null : new GroupVersionKind("", "v1", kind), ConnectHandler = handler };
}

/// <summary>Where a kind keeps what autoscaling/v1 Scale shows.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string Selector);
