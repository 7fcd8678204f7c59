using Orchestrator.Api.Core.V1;

namespace Orchestrator.Controllers.Namespaces;

/// <summary>The conditions of a namespace on its way out.</summary>
internal static class NamespaceConditions
{
    public static NamespaceStatus StatusOf(Namespace item, NamespaceContent content, string? discoveryFailure, DateTimeOffset now)
    {
        NamespaceCondition[] wanted =
        [
            Make("NamespaceDeletionDiscoveryFailure", discoveryFailure, "DiscoveryFailed", "ResourcesDiscovered", "All resources successfully discovered"),
            Make("NamespaceDeletionGroupVersionParsingFailure", null, "", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            Make(
                "NamespaceDeletionContentFailure", content.Failure, "ContentDeletionFailed", "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"),
            Make("NamespaceContentRemaining", content.Remaining, "SomeResourcesRemain", "ContentRemoved", "All content successfully removed"),
            Make(
                "NamespaceFinalizersRemaining", content.Finalizers, "SomeFinalizersRemain", "ContentHasNoFinalizers",
                "All content-preserving finalizers finished"),
        ];
        var present = item.Status?.Conditions ?? [];
        return new NamespaceStatus
        {
            Phase = "Terminating",
            Conditions =
            [
                .. present.Where(c => !wanted.Any(w => w.Type == c.Type)),
                .. wanted.Select(w => KeepTime(w, present.FirstOrDefault(c => c.Type == w.Type), now)),
            ],
        };
    }

    private static NamespaceCondition Make(string type, string? problem, string reasonIfTrue, string reasonIfFalse, string messageIfFalse) =>
        problem is null
            ? new NamespaceCondition { Type = type, Status = "False", Reason = reasonIfFalse, Message = messageIfFalse }
            : new NamespaceCondition { Type = type, Status = "True", Reason = reasonIfTrue, Message = problem };

    private static NamespaceCondition KeepTime(NamespaceCondition wanted, NamespaceCondition? present, DateTimeOffset now) =>
        wanted with { LastTransitionTime = present is not null && present.Status == wanted.Status ? present.LastTransitionTime : now };
}
