using Orchestrator.Api.Core.V1;

namespace Orchestrator.Scheduler.Plugins.TaintToleration;

/// <summary>Effects of a taint.</summary>
internal static class TaintEffect
{
    public const string NoSchedule = nameof(NoSchedule);
    public const string PreferNoSchedule = nameof(PreferNoSchedule);
    public const string NoExecute = nameof(NoExecute);
}

/// <summary>Which taints a pod puts up with.</summary>
internal static class Tolerations
{
    public static bool Tolerate(IReadOnlyList<Toleration>? tolerations, Taint taint)
    {
        foreach (var toleration in tolerations ?? [])
        {
            if (Tolerates(toleration, taint))
                return true;
        }

        return false;
    }

    private static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
            return false;
        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
            return false;
        return toleration.Operator switch
        {
            "Exists" => true,
            null or "" or "Equal" => (toleration.Value ?? "") == (taint.Value ?? ""),
            _ => false,
        };
    }
}
