using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Client.Informers;

namespace Orchestrator.Controllers.Machinery;

/// <summary>Indexes of the shared pod cache.</summary>
internal static class PodIndexes
{
    private const string Owner = "controller";
    private const string Node = "node";

    public static IInformer<Pod> WithOwners(this IInformer<Pod> pods)
    {
        pods.AddIndex(Owner, static pod => [pod.ControllerOwner()?.Uid ?? OrphansOf(pod.Metadata.Namespace)]);
        return pods;
    }

    public static IInformer<Pod> WithNodes(this IInformer<Pod> pods)
    {
        pods.AddIndex(Node, static pod => pod.Spec?.NodeName is { Length: > 0 } name ? [name] : []);
        return pods;
    }

    public static IReadOnlyCollection<Pod> OwnedBy(this ILister<Pod> pods, string? ownerUid) => pods.ByIndex(Owner, ownerUid ?? "");

    /// <summary>Pods of a namespace that no controller owns.</summary>
    public static IReadOnlyCollection<Pod> Orphans(this ILister<Pod> pods, string? @namespace) => pods.ByIndex(Owner, OrphansOf(@namespace));

    public static IReadOnlyCollection<Pod> OnNode(this ILister<Pod> pods, string node) => pods.ByIndex(Node, node);

    /// <summary>A uid has no slash, so the two never meet.</summary>
    private static string OrphansOf(string? @namespace) => "orphans/" + @namespace;
}
