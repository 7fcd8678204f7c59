using Orchestrator.Api.Core.V1;

namespace Orchestrator.Controllers.Machinery;

/// <summary>Which taints a pod puts up with, and for how long.</summary>
internal static class Tolerations
{
    public const string NoSchedule = nameof(NoSchedule);
    public const string NoExecute = nameof(NoExecute);

    public static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
            return false;
        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
            return false;
        return toleration.Operator == "Exists" || (!string.IsNullOrEmpty(toleration.Key) && (toleration.Value ?? "") == (taint.Value ?? ""));
    }

    /// <returns>Zero when the pod does not tolerate one of the taints; null when it does for ever; else the shortest limit.</returns>
    public static TimeSpan? ToleratedFor(IReadOnlyList<Toleration>? tolerations, IEnumerable<Taint> taints)
    {
        TimeSpan? shortest = null;
        foreach (var taint in taints)
        {
            var matching = (tolerations ?? []).Where(t => Tolerates(t, taint)).ToList();
            if (matching.Count == 0)
                return TimeSpan.Zero;
            foreach (var toleration in matching)
            {
                if (toleration.TolerationSeconds is { } seconds && !(TimeSpan.FromSeconds(Math.Max(0, seconds)) >= shortest))
                    shortest = TimeSpan.FromSeconds(Math.Max(0, seconds));
            }
        }

        return shortest;
    }
}
