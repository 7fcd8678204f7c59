namespace Orchestrator.ApiServer.Discovery;

/// <summary>The order of groups in discovery: kubectl takes the first that has a name somebody typed.</summary>
internal static class GroupOrder
{
    /// <summary>Kubernetes' order for its own groups; others follow by name.</summary>
    private static readonly string[] Known =
    [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
        "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
        "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    public static List<string> Of(IEnumerable<ServedResource> resources) =>
        [.. resources.Select(one => one.Names.Group).Distinct().OrderBy(Rank).ThenBy(group => group, StringComparer.Ordinal)];

    private static int Rank(string group) => Array.IndexOf(Known, group) is var index and >= 0 ? index : Known.Length;
}
