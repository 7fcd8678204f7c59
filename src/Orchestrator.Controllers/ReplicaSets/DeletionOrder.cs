using System.Globalization;
using System.Numerics;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ReplicaSets;

/// <summary>
/// Which of two replicas goes first when there are too many: the one that is worth less. Unassigned before assigned, pending before
/// running, not ready before ready, lower deletion cost, the one whose node has more of its kind, shorter ready, more restarts,
/// younger. Times are compared by order of magnitude (KEP-2185), so that among pods of about the same age the choice is spread.
/// </summary>
internal sealed class DeletionOrder(IReadOnlyDictionary<string, int> podsPerNode, DateTimeOffset now) : IComparer<Pod>
{
    private const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    public int Compare(Pod? left, Pod? right)
    {
        if (left is null || right is null || ReferenceEquals(left, right))
            return 0;
        int[] byWorth =
        [
            IsAssigned(left).CompareTo(IsAssigned(right)),
            PhaseRank(left).CompareTo(PhaseRank(right)),
            left.IsReady().CompareTo(right.IsReady()),
            Cost(left).CompareTo(Cost(right)),
            Neighbours(right).CompareTo(Neighbours(left)),
            ReadyMagnitude(left).CompareTo(ReadyMagnitude(right)),
            right.Restarts().CompareTo(left.Restarts()),
            Magnitude(left.Metadata.CreationTimestamp).CompareTo(Magnitude(right.Metadata.CreationTimestamp)),
            string.CompareOrdinal(left.Metadata.Uid, right.Metadata.Uid),
        ];
        return Array.Find(byWorth, c => c != 0);
    }

    private static bool IsAssigned(Pod pod) => !string.IsNullOrEmpty(pod.Spec?.NodeName);

    private static int PhaseRank(Pod pod) => pod.Status?.Phase switch
    {
        "Running" => 2,
        "Unknown" => 1,
        _ => 0,
    };

    private static int Cost(Pod pod) =>
        pod.Metadata.Annotations?.GetValueOrDefault(CostAnnotation) is { } text
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost)
            ? cost
            : 0;

    private int Neighbours(Pod pod) => pod.Spec?.NodeName is { Length: > 0 } node ? podsPerNode.GetValueOrDefault(node) : 0;

    private int ReadyMagnitude(Pod pod) => pod.IsReady() ? Magnitude(pod.Condition("Ready")!.LastTransitionTime) : -1;

    /// <summary>The binary logarithm of the age in seconds.</summary>
    private int Magnitude(DateTimeOffset? since) =>
        since is { } time && now > time ? BitOperations.Log2((ulong)(now - time).TotalSeconds + 1) : 0;
}
