using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authorization.Rbac;

namespace Orchestrator.ApiServer.Authorization.Nodes;

/// <summary>
/// Lets a kubelet read what its own pods use and write what is its own, and nothing else. Everything that does not depend on the
/// node's name comes from fixed rules.
/// </summary>
/// <remarks>Source: Kubernetes documentation, "Using Node Authorization"; KEP-4601 for list and watch by selector.</remarks>
internal sealed class NodeAuthorizer(NodeUsage usage) : IAuthorizer
{
    private static readonly string[] ReadOne = ["get", "list", "watch"];
    private static readonly string[] LeaseVerbs = ["get", "create", "update", "patch", "delete"];

    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        if (!NodeIdentity.IsNode(attributes.User, out var node))
            return new(AuthorizationResult.NoOpinion());
        if (node.Length == 0)
            return new(AuthorizationResult.NoOpinion($"unknown node for user \"{attributes.User.Name}\""));
        return new(attributes.IsResourceRequest ? Decide(node, attributes) : ByFixedRules(attributes));
    }

    private AuthorizationResult Decide(string node, AuthorizationAttributes attributes) => (attributes.Group, attributes.Resource) switch
    {
        ("", "secrets" or "configmaps") => ReadOfUsed(node, attributes, ReadOne),
        ("", "persistentvolumeclaims") when attributes.Subresource == "status" => ByFixedRules(attributes),
        ("", "persistentvolumeclaims") => ReadOfUsed(node, attributes, ["get"]),
        ("", "persistentvolumes") => Volume(node, attributes),
        ("", "serviceaccounts") => ServiceAccount(node, attributes),
        ("", "nodes") => OwnNode(node, attributes),
        ("", "pods") => OwnPods(node, attributes),
        ("coordination.k8s.io", "leases") => Lease(node, attributes),
        _ => ByFixedRules(attributes),
    };

    private AuthorizationResult ReadOfUsed(string node, AuthorizationAttributes attributes, string[] verbs)
    {
        if (!verbs.Contains(attributes.Verb))
            return AuthorizationResult.NoOpinion($"can only {(verbs.Length == 1 ? verbs[0] : "read")} resources of this type");
        if (attributes.Subresource.Length > 0)
            return AuthorizationResult.NoOpinion("cannot read subresource");
        if (attributes.Name.Length == 0)
            return AuthorizationResult.NoOpinion("No Object name found");
        return usage.Uses(node, attributes.Resource, attributes.Namespace, attributes.Name) ? AuthorizationResult.Allow() : NoRelationship(node);
    }

    private AuthorizationResult Volume(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb != "get" || attributes.Subresource.Length > 0)
            return AuthorizationResult.NoOpinion("can only get resources of this type");
        return usage.UsesVolume(node, attributes.Name) ? AuthorizationResult.Allow() : NoRelationship(node);
    }

    private AuthorizationResult ServiceAccount(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Subresource == "token" && attributes.Verb != "create")
            return AuthorizationResult.NoOpinion("can only create tokens for individual service accounts");
        if (attributes.Subresource != "token" && attributes is not { Verb: "get", Subresource: "" })
            return AuthorizationResult.NoOpinion("can only get individual resources of this type");
        return usage.UsesServiceAccount(node, attributes.Namespace, attributes.Name) ? AuthorizationResult.Allow() : NoRelationship(node);
    }

    private static AuthorizationResult OwnNode(string node, AuthorizationAttributes attributes) => attributes.Verb switch
    {
        "create" when attributes.Subresource.Length == 0 => AuthorizationResult.Allow(),
        "get" or "list" or "watch" when attributes.Subresource.Length == 0 => attributes.Name == node
            ? AuthorizationResult.Allow()
            : AuthorizationResult.NoOpinion($"node '{node}' cannot read '{(attributes.Name.Length == 0 ? "all nodes" : attributes.Name)}', only its own Node object"),
        "update" or "patch" when attributes.Subresource is "" or "status" => AuthorizationResult.Allow(),
        _ => ByFixedRules(attributes),
    };

    private AuthorizationResult OwnPods(string node, AuthorizationAttributes attributes)
    {
        switch (attributes.Verb)
        {
            case "get" when attributes.Subresource.Length == 0:
                return usage.RunsPod(node, attributes.Namespace, attributes.Name) ? AuthorizationResult.Allow() : NoRelationship(node);
            case "list" or "watch":
                return SelectsOwnPods(node, attributes.FieldSelector)
                    ? AuthorizationResult.Allow()
                    : AuthorizationResult.NoOpinion("can only list/watch pods with spec.nodeName field selector");
            default:
                return ByFixedRules(attributes);
        }
    }

    private static bool SelectsOwnPods(string node, string fieldSelector)
    {
        foreach (var part in fieldSelector.Split(','))
        {
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is ["spec.nodeName", var value] && value.TrimStart('=') == node)
                return true;
        }

        return false;
    }

    private static AuthorizationResult Lease(string node, AuthorizationAttributes attributes)
    {
        if (!LeaseVerbs.Contains(attributes.Verb) || attributes.Subresource.Length > 0)
            return AuthorizationResult.NoOpinion("can only get, create, update, patch, or delete a node lease");
        if (attributes.Namespace != "kube-node-lease")
            return AuthorizationResult.NoOpinion("can only access leases in the \"kube-node-lease\" system namespace");
        // The name of a lease to be created is in its body: NodeRestriction looks at that.
        return attributes.Verb == "create" || attributes.Name == node
            ? AuthorizationResult.Allow()
            : AuthorizationResult.NoOpinion("can only access node lease with the same name as the requesting node");
    }

    private static AuthorizationResult NoRelationship(string node) =>
        AuthorizationResult.NoOpinion($"no relationship found between node '{node}' and this object");

    private static AuthorizationResult ByFixedRules(AuthorizationAttributes attributes) =>
        RuleMatch.Allows(NodeRules.All, attributes) ? AuthorizationResult.Allow() : AuthorizationResult.NoOpinion();
}

/// <summary>What every kubelet may do whatever its name; also the rules of the ClusterRole system:node.</summary>
internal static class NodeRules
{
    public static IReadOnlyList<PolicyRule> All { get; } =
    [
        Rule("authentication.k8s.io", ["tokenreviews"], "create"),
        Rule("authorization.k8s.io", ["subjectaccessreviews", "localsubjectaccessreviews"], "create"),
        Rule("", ["services"], "get", "list", "watch"),
        Rule("", ["nodes"], "create", "get", "list", "watch"),
        Rule("", ["nodes/status"], "update", "patch"),
        Rule("", ["nodes"], "update", "patch"),
        Rule("", ["events"], "create", "update", "patch"),
        Rule("events.k8s.io", ["events"], "create", "update", "patch"),
        Rule("", ["pods"], "get", "list", "watch"),
        Rule("", ["pods"], "create", "delete"),
        Rule("", ["pods/status"], "update", "patch"),
        Rule("", ["pods/eviction"], "create"),
        Rule("", ["configmaps", "secrets"], "get", "list", "watch"),
        Rule("", ["persistentvolumeclaims", "persistentvolumes"], "get"),
        Rule("", ["persistentvolumeclaims/status"], "get", "update", "patch"),
        Rule("", ["endpoints"], "get"),
        Rule("certificates.k8s.io", ["certificatesigningrequests"], "create", "get", "list", "watch"),
        Rule("coordination.k8s.io", ["leases"], "create", "get", "update", "patch", "delete"),
        Rule("storage.k8s.io", ["volumeattachments"], "get"),
        Rule("storage.k8s.io", ["csinodes"], "create", "delete", "get", "patch", "update"),
        Rule("storage.k8s.io", ["csidrivers"], "get", "list", "watch"),
        Rule("node.k8s.io", ["runtimeclasses"], "get", "list", "watch"),
        Rule("", ["serviceaccounts/token"], "create"),
        Rule("", ["serviceaccounts"], "get"),
    ];

    private static PolicyRule Rule(string group, string[] resources, params string[] verbs) =>
        new() { ApiGroups = [group], Resources = resources, Verbs = verbs };
}
