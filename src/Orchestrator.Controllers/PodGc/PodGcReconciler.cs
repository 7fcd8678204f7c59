using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.PodGc;

/// <summary>Has one key, which stands for all pods.</summary>
internal sealed class PodGcReconciler(
    IApiClient client, ILister<Pod> pods, ILister<Node> nodes, ControllerManagerOptions options, TimeProvider time) : IReconciler
{
    public static readonly ObjectKey Everything = new("", "*");

    /// <summary>A node that is missing from the cache has this long to appear, before the server is asked whether it is gone.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, long> missingSince = [];

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var all = pods.List();
        foreach (var pod in SurplusOfTerminated(all))
            await RemoveAsync(pod, null, cancellationToken);
        foreach (var pod in all.Where(p => p.IsBeingDeleted() && string.IsNullOrEmpty(p.Spec?.NodeName)))
            await RemoveAsync(pod, null, cancellationToken);
        foreach (var node in await GoneNodesAsync(all, cancellationToken))
        {
            foreach (var pod in all.Where(p => p.Spec?.NodeName == node))
                await RemoveAsync(pod, "PodGC: node no longer exists", cancellationToken);
        }

        return ReconcileResult.After(options.PodGcPeriod);
    }

    private IEnumerable<Pod> SurplusOfTerminated(IReadOnlyCollection<Pod> all)
    {
        var ended = all.Where(p => p.IsTerminated()).ToList();
        return ended.OrderBy(p => p.Metadata.CreationTimestamp).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .Take(Math.Max(0, ended.Count - options.TerminatedPodThreshold));
    }

    private async Task<List<string>> GoneNodesAsync(IReadOnlyCollection<Pod> all, CancellationToken cancellationToken)
    {
        var missing = all.Select(p => p.Spec?.NodeName).OfType<string>().Where(n => n.Length > 0).Distinct()
            .Where(n => nodes.Find(new ObjectKey("", n)) is null).ToHashSet();
        foreach (var back in missingSince.Keys.Where(n => !missing.Contains(n)).ToArray())
            missingSince.Remove(back);
        var gone = new List<string>();
        foreach (var node in missing)
        {
            if (missingSince.TryAdd(node, time.GetTimestamp()) || time.GetElapsedTime(missingSince[node]) < Quarantine)
                continue;
            if (!await ExistsAsync(node, cancellationToken))
                gone.Add(node);
        }

        return gone;
    }

    private async Task<bool> ExistsAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetAsync<Node>(null, node, cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            return false;
        }
    }

    /// <summary>Nobody is left to end the pod gracefully. One that had not ended is marked as failed, so that its owner sees why.</summary>
    private async Task RemoveAsync(Pod pod, string? disruption, CancellationToken cancellationToken)
    {
        try
        {
            if (disruption is not null && !pod.IsTerminated())
                await client.UpdateStatusAsync(Failed(pod, disruption), cancellationToken);
            var options = new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
            await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, options, cancellationToken);
        }
        catch (ApiException e) when (e.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Changed or gone meanwhile; the next look decides anew.
        }
    }

    private Pod Failed(Pod pod, string message)
    {
        var condition = new PodCondition
        {
            Type = "DisruptionTarget", Status = "True", Reason = "DeletionByPodGC", Message = message, LastTransitionTime = time.GetUtcNow(),
        };
        var status = pod.Status ?? new PodStatus();
        var conditions = (status.Conditions ?? []).Where(c => c.Type != condition.Type).Append(condition);
        return pod with { Status = status with { Phase = "Failed", Conditions = [.. conditions] } };
    }
}
