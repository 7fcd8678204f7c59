using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Rbac.V1;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>Short forms of rules, roles and bindings.</summary>
internal static class RuleBuilder
{
    public const string CoreGroup = "";
    public const string AppsGroup = "apps";
    public const string DiscoveryGroup = "discovery.k8s.io";
    public const string EventsGroup = "events.k8s.io";
    public const string CoordinationGroup = "coordination.k8s.io";
    public const string PolicyGroup = "policy";
    public const string RbacGroup = "rbac.authorization.k8s.io";
    public const string AuthenticationGroup = "authentication.k8s.io";
    public const string AuthorizationGroup = "authorization.k8s.io";

    public static readonly string[] Read = ["get", "list", "watch"];
    public static readonly string[] Write = ["create", "delete", "deletecollection", "patch", "update"];
    public static readonly string[] ReadWrite = [.. Read, .. Write];
    public static readonly string[] All = ["*"];

    private static readonly Dictionary<string, string> Labels = new() { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
    private static readonly Dictionary<string, string> Annotations = new() { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" };

    public static PolicyRule Rule(string group, string[] verbs, params string[] resources) =>
        new() { ApiGroups = [group], Resources = resources, Verbs = verbs };

    public static PolicyRule Paths(string[] verbs, params string[] paths) => new() { NonResourceURLs = paths, Verbs = verbs };

    public static ClusterRole Role(string name, params PolicyRule[] rules) => new() { Metadata = Meta(name), Rules = rules };

    /// <summary>A role whose rules become part of another that aggregates this label.</summary>
    public static ClusterRole PartOf(string name, string aggregate, params PolicyRule[] rules) => new()
    {
        Metadata = Meta(name) with { Labels = new Dictionary<string, string>(Labels) { [$"rbac.authorization.k8s.io/aggregate-to-{aggregate}"] = "true" } },
        Rules = rules,
    };

    /// <summary>A role made of others.</summary>
    public static ClusterRole Aggregate(string name, string? alsoPartOf) => new()
    {
        Metadata = alsoPartOf is null ? Meta(name) : Meta(name) with
        {
            Labels = new Dictionary<string, string>(Labels) { [$"rbac.authorization.k8s.io/aggregate-to-{alsoPartOf}"] = "true" },
        },
        AggregationRule = new AggregationRule
        {
            ClusterRoleSelectors = [new LabelSelector { MatchLabels = new Dictionary<string, string> { [$"rbac.authorization.k8s.io/aggregate-to-{name}"] = "true" } }],
        },
    };

    public static ClusterRoleBinding Bind(string name, string role, params Subject[] subjects) => new()
    {
        Metadata = Meta(name), RoleRef = new RoleRef { ApiGroup = RbacGroup, Kind = "ClusterRole", Name = role }, Subjects = subjects,
    };

    public static Role RoleIn(string @namespace, string name, params PolicyRule[] rules) => new() { Metadata = Meta(name) with { Namespace = @namespace }, Rules = rules };

    public static RoleBinding BindIn(string @namespace, string name, string role, params Subject[] subjects) => new()
    {
        Metadata = Meta(name) with { Namespace = @namespace }, RoleRef = new RoleRef { ApiGroup = RbacGroup, Kind = "Role", Name = role }, Subjects = subjects,
    };

    public static Subject User(string name) => new() { Kind = "User", ApiGroup = RbacGroup, Name = name };

    public static Subject Group(string name) => new() { Kind = "Group", ApiGroup = RbacGroup, Name = name };

    private static ObjectMeta Meta(string name) => new() { Name = name, Labels = Labels, Annotations = Annotations };
}
