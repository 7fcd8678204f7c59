using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authorization.Nodes;
using static Orchestrator.ApiServer.Bootstrap.RuleBuilder;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>
/// The default roles and bindings as data. Source: Kubernetes documentation, "Using RBAC Authorization", default roles. The
/// controllers run as one user here, so their rights are one role.
/// </summary>
internal static class BootstrapRoles
{
    public static IReadOnlyList<ClusterRole> ClusterRoles { get; } =
    [
        Role("cluster-admin", Rule("*", All, "*"), Paths(All, "*")),
        Role("system:discovery", Paths(["get"], "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/")),
        Role("system:public-info-viewer", Paths(["get"], "/healthz", "/livez", "/readyz", "/version", "/version/")),
        Role("system:basic-user",
            Rule(AuthorizationGroup, ["create"], "selfsubjectaccessreviews", "selfsubjectrulesreviews"),
            Rule(AuthenticationGroup, ["create"], "selfsubjectreviews")),
        Role("system:monitoring", Paths(["get"], "/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*")),
        Role("system:service-account-issuer-discovery", Paths(["get"], "/.well-known/openid-configuration", "/openid/v1/jwks", "/openid/v1/jwks/")),
        Role("system:auth-delegator",
            Rule(AuthenticationGroup, ["create"], "tokenreviews"), Rule(AuthorizationGroup, ["create"], "subjectaccessreviews")),
        Role("system:kubelet-api-admin", Rule(CoreGroup, Read, "nodes"), Rule(CoreGroup, ["proxy"], "nodes"),
            Rule(CoreGroup, All, "nodes/proxy", "nodes/log", "nodes/stats", "nodes/metrics", "nodes/spec", "nodes/healthz", "nodes/pods", "nodes/configz")),
        Role("system:node-bootstrapper", Rule("certificates.k8s.io", ["create", "get", "list", "watch"], "certificatesigningrequests")),
        Role("system:node", [.. NodeRules.All]),
        Role("system:node-proxier",
            Rule(CoreGroup, ["list", "watch"], "services", "endpoints"), Rule(CoreGroup, Read, "nodes"), Rule(DiscoveryGroup, ["list", "watch"], "endpointslices"),
            Rule(CoreGroup, ["create", "patch", "update"], "events"), Rule(EventsGroup, ["create", "patch", "update"], "events")),
        Role("system:kube-dns", Rule(CoreGroup, ["list", "watch"], "endpoints", "services"), Rule(DiscoveryGroup, ["list", "watch"], "endpointslices")),
        Role("system:coredns",
            Rule(CoreGroup, ["list", "watch"], "endpoints", "services", "pods", "namespaces"), Rule(DiscoveryGroup, ["list", "watch"], "endpointslices")),
        // Not system:coredns, which may read all pods: a node sees its own only.
        Role("system:node-dns",
            Rule(CoreGroup, ["list", "watch"], "services", "namespaces"), Rule(DiscoveryGroup, ["list", "watch"], "endpointslices")),
        Scheduler(),
        ControllerManager(),
        Aggregate("admin", null),
        Aggregate("edit", "admin"),
        Aggregate("view", "edit"),
        AdminPart(),
        EditPart(),
        ViewPart(),
    ];

    public static IReadOnlyList<ClusterRoleBinding> ClusterRoleBindings { get; } =
    [
        Bind("cluster-admin", "cluster-admin", Group("system:masters")),
        Bind("system:monitoring", "system:monitoring", Group("system:monitoring")),
        Bind("system:discovery", "system:discovery", Group("system:authenticated")),
        Bind("system:basic-user", "system:basic-user", Group("system:authenticated")),
        Bind("system:public-info-viewer", "system:public-info-viewer", Group("system:authenticated"), Group("system:unauthenticated")),
        Bind("system:service-account-issuer-discovery", "system:service-account-issuer-discovery", Group("system:serviceaccounts")),
        Bind("system:node-proxier", "system:node-proxier", User("system:kube-proxy"), Group("system:node-proxier")),
        Bind("system:kube-scheduler", "system:kube-scheduler", User("system:kube-scheduler")),
        Bind("system:kube-controller-manager", "system:kube-controller-manager", User("system:kube-controller-manager")),
        // A node agent routes Services and answers DNS with the identity of its kubelet.
        Bind("system:node-agents", "system:node-proxier", Group("system:nodes")),
        Bind("system:node-dns", "system:node-dns", Group("system:nodes")),
        new ClusterRoleBinding { Metadata = Bind("system:node", "system:node").Metadata, RoleRef = Bind("system:node", "system:node").RoleRef },
    ];

    public static IReadOnlyList<Role> Roles { get; } =
    [
        RoleIn("kube-system", "extension-apiserver-authentication-reader",
            new PolicyRule { ApiGroups = [CoreGroup], Resources = ["configmaps"], ResourceNames = ["extension-apiserver-authentication"], Verbs = Read }),
        RoleIn("kube-public", "system:cluster-info",
            new PolicyRule { ApiGroups = [CoreGroup], Resources = ["configmaps"], ResourceNames = ["cluster-info"], Verbs = ["get"] }),
    ];

    public static IReadOnlyList<RoleBinding> RoleBindings { get; } =
    [
        BindIn("kube-system", "system:extension-apiserver-authentication-reader", "extension-apiserver-authentication-reader",
            User("system:kube-controller-manager"), User("system:kube-scheduler")),
    ];

    private static ClusterRole Scheduler() => Role("system:kube-scheduler",
        Rule(EventsGroup, ["create", "patch", "update"], "events"), Rule(CoreGroup, ["create", "patch", "update"], "events"),
        Rule(CoordinationGroup, ReadWrite, "leases"), Rule(CoreGroup, Read, "nodes", "namespaces"), Rule(CoreGroup, ["delete", .. Read], "pods"),
        Rule(CoreGroup, ["create"], "bindings", "pods/binding"), Rule(CoreGroup, ["patch", "update"], "pods/status"),
        Rule(CoreGroup, Read, "replicationcontrollers", "services", "persistentvolumeclaims", "persistentvolumes"),
        Rule(CoreGroup, ["patch", "update"], "persistentvolumeclaims", "persistentvolumes"),
        Rule(AppsGroup, Read, "replicasets", "statefulsets"), Rule(PolicyGroup, Read, "poddisruptionbudgets"),
        Rule("storage.k8s.io", Read, "csinodes", "csidrivers", "csistoragecapacities", "storageclasses", "volumeattachments"),
        Rule("scheduling.k8s.io", Read, "priorityclasses"), Rule("node.k8s.io", Read, "runtimeclasses"),
        Rule(AuthenticationGroup, ["create"], "tokenreviews"), Rule(AuthorizationGroup, ["create"], "subjectaccessreviews"),
        Rule("lab.orc.dev", All, "*"));

    /// <summary>The controllers create and delete what any user may have written, so they may do nearly everything but grant rights.</summary>
    private static ClusterRole ControllerManager() => Role("system:kube-controller-manager",
        Rule("*", ["list", "watch", "get", "delete", "deletecollection", "patch", "update"], "*"),
        Rule(CoreGroup, ReadWrite, "pods", "pods/status", "pods/eviction", "pods/finalizers", "services", "services/status", "endpoints", "endpoints/restricted",
            "configmaps", "secrets", "serviceaccounts", "serviceaccounts/token", "events", "namespaces/finalize", "namespaces/status", "nodes/status",
            "persistentvolumes", "persistentvolumes/status", "persistentvolumeclaims", "persistentvolumeclaims/status", "replicationcontrollers"),
        Rule(EventsGroup, ReadWrite, "events"),
        Rule(AppsGroup, ReadWrite, "deployments", "deployments/status", "deployments/scale", "deployments/finalizers", "replicasets", "replicasets/status",
            "replicasets/scale", "replicasets/finalizers", "statefulsets", "daemonsets", "controllerrevisions"),
        Rule("batch", ReadWrite, "*"), Rule("autoscaling", ReadWrite, "*"), Rule(PolicyGroup, ReadWrite, "*"),
        Rule(DiscoveryGroup, ReadWrite, "endpointslices", "endpointslices/restricted"), Rule(CoordinationGroup, ReadWrite, "leases"),
        Rule(AuthenticationGroup, ["create"], "tokenreviews"), Rule(AuthorizationGroup, ["create"], "subjectaccessreviews"),
        Rule("lab.orc.dev", All, "*"),
        Paths(["get"], "*"));

    private static ClusterRole AdminPart() => PartOf("system:aggregate-to-admin", "admin",
        Rule(AuthorizationGroup, ["create"], "localsubjectaccessreviews"),
        Rule(RbacGroup, ReadWrite, "roles", "rolebindings"));

    private static ClusterRole EditPart() => PartOf("system:aggregate-to-edit", "edit",
        Rule(CoreGroup, Read, "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"),
        Rule(CoreGroup, ["impersonate"], "serviceaccounts"),
        Rule(CoreGroup, Write, "pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"),
        Rule(CoreGroup, ["create"], "pods/eviction"),
        Rule(CoreGroup, Write, "configmaps", "events", "persistentvolumeclaims", "replicationcontrollers", "replicationcontrollers/scale", "secrets",
            "serviceaccounts", "services", "services/proxy"),
        Rule(CoreGroup, ["create"], "serviceaccounts/token"),
        Rule(AppsGroup, Write, "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets", "statefulsets/scale"),
        Rule("autoscaling", Write, "horizontalpodautoscalers"), Rule("batch", Write, "cronjobs", "jobs"),
        Rule("networking.k8s.io", Write, "ingresses", "networkpolicies"), Rule(PolicyGroup, Write, "poddisruptionbudgets"),
        Rule(CoordinationGroup, ReadWrite, "leases"));

    private static ClusterRole ViewPart() => PartOf("system:aggregate-to-view", "view",
        Rule(CoreGroup, Read, "configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "replicationcontrollers",
            "replicationcontrollers/scale", "serviceaccounts", "services", "services/status"),
        Rule(CoreGroup, Read, "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status", "replicationcontrollers/status",
            "resourcequotas", "resourcequotas/status"),
        Rule(CoreGroup, Read, "namespaces"), Rule(DiscoveryGroup, Read, "endpointslices"),
        Rule(AppsGroup, Read, "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status",
            "replicasets", "replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale", "statefulsets/status"),
        Rule("autoscaling", Read, "horizontalpodautoscalers", "horizontalpodautoscalers/status"),
        Rule("batch", Read, "cronjobs", "cronjobs/status", "jobs", "jobs/status"),
        Rule("networking.k8s.io", Read, "ingresses", "ingresses/status", "networkpolicies"),
        Rule(PolicyGroup, Read, "poddisruptionbudgets", "poddisruptionbudgets/status"),
        Rule("lab.orc.dev", ["get", "list"], "schedulingtraces"));
}
