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
internal sealed partial class PodStatusWriter(IApiClient client, TimeProvider time, ILogger<PodStatusWriter> logger)
{
    /// <summary>A status that says no more than "on its way" waits this long, for the one that says "running".</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private Pending? pending;
    private Task writing = Task.CompletedTask;
    private JsonObject? written;
    private long writtenRevision;
    private long comparedRevision;
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
            if (pending is null && IsOverwritten(pod))
                written = null;
            if (IsGone || ((pending?.Status ?? written) is { } last && JsonNode.DeepEquals(last, document)))
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
        var basis = written ?? (next.Pod.Status is { } known ? ToJson(known) : []);
        if (PodStatusPatch.Create(next.Pod, basis, next.Status) is not { } patch)
        {
            written = next.Status;
            return;
        }

        try
        {
            var stored = await client.PatchAsync<Pod>(next.Pod.Namespace(), next.Pod.Name(), PatchType.StrategicMerge, patch, "status", stopping);
            (written, writtenRevision, retry) = (next.Status, RevisionOf(stored), FirstRetry);
            LogWritten(next.Pod.Namespace(), next.Pod.Name(), next.Pod.Uid());
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

    /// <summary>Only a pod that is newer than the last write can tell; one that is older has not seen it. Each is compared once.</summary>
    private bool IsOverwritten(Pod known)
    {
        var revision = RevisionOf(known);
        if (written is null || revision <= writtenRevision || revision <= comparedRevision)
            return false;
        comparedRevision = revision;
        return PodStatusPatch.Create(known, known.Status is { } status ? ToJson(status) : [], written) is not null;
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
