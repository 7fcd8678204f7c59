using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Serialization;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>
/// The one writer of one pod's status. Holds the newest status only and writes when it differs from what the API has; a newer
/// one replaces one that was not written yet. What somebody else wrote over it is put right: a node that was not heard of for a while
/// has its pods marked as not ready (node lifecycle controller), and only its kubelet takes that back. Thread-safe.
/// </summary>
/// <remarks>
/// A patch sets only what differs from the newest pod known here, so a change of somebody else that the patch has overtaken survives
/// it. The answer shows that, as does the watch; whichever is newer is compared with what is meant.
/// </remarks>
internal sealed partial class PodStatusWriter(IApiClient client, TimeProvider time, ILogger<PodStatusWriter> logger)
{
    /// <summary>A status that says no more than "on its way" waits this long, for the one that says "running".</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private Pending? pending;
    private JsonObject? inFlight;
    private Task writing = Task.CompletedTask;

    /// <summary>The status that the API has, as far as we know: from an event or from the answer to a write, whichever is newer.</summary>
    private JsonObject known = [];

    private long knownRevision = -1;

    /// <summary>
    /// What was written last, and the revision in which the API has it as well as it ever will: a server may round what it stores.
    /// </summary>
    private (JsonObject Status, long Revision)? settled;

    private CancellationTokenSource? lingering;
    private TimeSpan retry = FirstRetry;

    private sealed record Pending(Pod Pod, JsonObject Status, bool Urgent);

    /// <summary>The API no longer has the pod (or has another one of its name); nothing will be written.</summary>
    public bool IsGone { get; private set; }

    /// <param name="pod">The pod as the API last had it.</param>
    /// <param name="urgent">Someone may wait for it; otherwise it may be merged with the next one.</param>
    public void Submit(Pod pod, PodStatus status, bool urgent, CancellationToken stopping)
    {
        var document = ToJson(status);
        lock (gate)
        {
            Learn(pod);
            if (IsGone || IsSaid(pod, document))
                return;
            pending = new(pod, document, urgent || pending is { Urgent: true });
            if (pending.Urgent)
                lingering?.Cancel();
            if (writing.IsCompleted)
                writing = WriteLoopAsync(stopping);
        }
    }

    /// <summary>Completes when what was submitted is written, or cannot be any more.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (pending is not null)
                pending = pending with { Urgent = true };
            lingering?.Cancel();
            return writing.WaitAsync(cancellationToken);
        }
    }

    private async Task WriteLoopAsync(CancellationToken stopping)
    {
        // The caller holds the lock and must not run the first write inside it.
        await Task.Yield();
        try
        {
            while (await TakeAsync(stopping) is { } next)
                await WriteAsync(next, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The kubelet stops; the next one computes the status anew.
        }
    }

    private async Task<Pending?> TakeAsync(CancellationToken stopping)
    {
        CancellationTokenSource? wait = null;
        lock (gate)
        {
            if (pending is { Urgent: false })
                lingering = wait = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        }

        if (wait is not null)
            await LingerAsync(wait, stopping);
        lock (gate)
        {
            var next = IsGone ? null : pending;
            pending = null;
            inFlight = next?.Status;
            if (next is null)
                writing = Task.CompletedTask;
            return next;
        }
    }

    private async Task LingerAsync(CancellationTokenSource wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Linger, time, wait.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Something urgent came.
        }
        finally
        {
            lock (gate)
                lingering = null;
            wait.Dispose();
        }
    }

    private async Task WriteAsync(Pending next, CancellationToken stopping)
    {
        JsonObject? patch;
        lock (gate)
        {
            patch = PodStatusPatch.Create(next.Pod, known, next.Status);
            if (patch is null)
            {
                settled = (next.Status, knownRevision);
                return;
            }
        }

        try
        {
            var stored = await client.PatchAsync<Pod>(next.Pod.Namespace(), next.Pod.Name(), PatchType.StrategicMerge, patch, "status", stopping);
            LogWritten(next.Pod.Namespace(), next.Pod.Name(), next.Pod.Uid());
            Settle(next, patch, stored);
        }
        catch (ApiException failure)
        {
            if (failure.Reason == StatusReason.NotFound || (failure.Reason == StatusReason.Conflict && await IsReplacedAsync(next.Pod, stopping)))
            {
                lock (gate)
                    IsGone = true;
                return;
            }

            LogFailed(next.Pod.Namespace(), next.Pod.Name(), failure.Message);
            lock (gate)
                pending ??= next;
            await Task.Delay(retry, time, stopping);
            retry = retry * 2 < MaximumRetry ? retry * 2 : MaximumRetry;
        }
    }

    /// <summary>Takes a write as done, unless somebody else's change stands beside it.</summary>
    private void Settle(Pending written, JsonObject patch, Pod stored)
    {
        lock (gate)
        {
            retry = FirstRetry;
            Learn(stored);
            var missing = PodStatusPatch.Create(stored, known, written.Status);
            // What the same patch cannot mend is the server's doing; to repeat it would never end.
            if (missing is null || JsonNode.DeepEquals(missing, patch))
                settled = (written.Status, knownRevision);
            else
                pending ??= written with { Urgent = true };
        }
    }

    private void Learn(Pod pod)
    {
        if (RevisionOf(pod) is var revision && revision <= knownRevision)
            return;
        knownRevision = revision;
        known = pod.Status is { } status ? ToJson(status) : [];
    }

    /// <summary>Whether the API has this status, or will have with what is under way.</summary>
    private bool IsSaid(Pod pod, JsonObject status)
    {
        if ((pending?.Status ?? inFlight) is { } underWay)
            return JsonNode.DeepEquals(underWay, status);
        return (settled is { } last && last.Revision == knownRevision && JsonNode.DeepEquals(last.Status, status))
            || PodStatusPatch.Create(pod, known, status) is null;
    }

    /// <summary>Resource versions of one kind can be compared as numbers (KEP-5504).</summary>
    private static long RevisionOf(Pod pod) => long.TryParse(pod.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    /// <summary>A conflict may mean that another pod has the name by now, or just that many wrote at once.</summary>
    private async Task<bool> IsReplacedAsync(Pod pod, CancellationToken stopping)
    {
        try
        {
            return (await client.GetAsync<Pod>(pod.Namespace(), pod.Name(), stopping)).Uid() != pod.Uid();
        }
        catch (ApiException refusal)
        {
            return refusal.Reason == StatusReason.NotFound;
        }
    }

    private static JsonObject ToJson(PodStatus status) =>
        JsonSerializer.SerializeToNode(status, ApiJson.TypeInfo<PodStatus>())!.AsObject();

    [LoggerMessage(LogLevel.Debug, "Wrote the status of pod {Namespace}/{Pod} ({PodUid})")]
    private partial void LogWritten(string @namespace, string pod, string podUid);

    [LoggerMessage(LogLevel.Warning, "Could not write the status of pod {Namespace}/{Pod}: {Error}")]
    private partial void LogFailed(string @namespace, string pod, string error);
}
