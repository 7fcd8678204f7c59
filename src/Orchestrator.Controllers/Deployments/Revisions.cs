using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>The annotations by which <c>kubectl rollout</c> tells revisions, and by which scaling tells how large a ReplicaSet was meant to be.</summary>
internal static class Revisions
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string History = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    /// <summary>Kept short: old revisions beyond this are dropped from the front.</summary>
    private const int MaxHistoryCharacters = 2000;

    /// <summary>Annotations of the Deployment that its ReplicaSets do not take over.</summary>
    private static readonly string[] NotCopied =
        ["kubectl.kubernetes.io/last-applied-configuration", Revision, History, DesiredReplicas, MaxReplicas, "deprecated.deployment.rollback.to"];

    public static long Of(KubernetesObject item) => Number(item, Revision);

    public static int? DesiredOf(ReplicaSet replicaSet) =>
        replicaSet.Metadata.Annotations?.ContainsKey(DesiredReplicas) == true ? (int)Number(replicaSet, DesiredReplicas) : null;

    public static int? MaxOf(ReplicaSet replicaSet) =>
        replicaSet.Metadata.Annotations?.ContainsKey(MaxReplicas) == true ? (int)Number(replicaSet, MaxReplicas) : null;

    /// <summary>The new ReplicaSet's annotations: the Deployment's, and the highest revision.</summary>
    public static Dictionary<string, string> ForNew(Deployment deployment, ReplicaSet? present, long revision)
    {
        var result = new Dictionary<string, string>(present?.Metadata.Annotations ?? new Dictionary<string, string>());
        foreach (var (key, value) in deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (!NotCopied.Contains(key))
                result[key] = value;
        }

        if (present is null || Of(present) < revision)
            Advance(result, revision);
        return result;
    }

    public static Dictionary<string, string> WithSizes(IReadOnlyDictionary<string, string>? annotations, int desired, int max) =>
        new(annotations ?? new Dictionary<string, string>()) { [DesiredReplicas] = Text(desired), [MaxReplicas] = Text(max) };

    private static void Advance(Dictionary<string, string> annotations, long revision)
    {
        if (annotations.TryGetValue(Revision, out var old))
        {
            var history = annotations.TryGetValue(History, out var before) && before.Length > 0 ? $"{before},{old}" : old;
            while (history.Length > MaxHistoryCharacters && history.IndexOf(',') is var comma && comma >= 0)
                history = history[(comma + 1)..];
            annotations[History] = history;
        }

        annotations[Revision] = Text(revision);
    }

    private static long Number(KubernetesObject item, string annotation) =>
        item.Metadata.Annotations?.GetValueOrDefault(annotation) is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
