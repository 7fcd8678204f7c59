using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;

namespace Orchestrator.Scheduler.Tracing;

/// <summary>
/// Tells the API server what the scheduler found, many pods in one request and one request at a time, beside the scheduling loop.
/// A trace that cannot be delivered is dropped: it explains, nothing depends on it.
/// </summary>
public sealed partial class TracePublisher(IApiClient client, TraceStore traces, TimeProvider time, ILogger<TracePublisher> logger)
{
    private const string Path = "apis/lab.orc.dev/v1alpha1/schedulingtraces";

    /// <summary>Fits one transaction of the store.</summary>
    private const int MaxBatch = 100;

    /// <summary>While pods arrive one by one: short for a person who asks, long enough to gather the pods of a Deployment.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefusedDelay = TimeSpan.FromMinutes(1);

    /// <summary>Publishes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await traces.WaitAsync(cancellationToken);
            await Task.Delay(GatherTime, time, cancellationToken);
            while (traces.TakeUnpublished(MaxBatch) is { Count: > 0 } batch)
                await PublishAsync(batch, cancellationToken);
        }
    }

    private async Task PublishAsync(IReadOnlyList<PlacementTrace> batch, CancellationToken cancellationToken)
    {
        var list = new KubernetesList<SchedulingTrace>
        {
            ApiVersion = "lab.orc.dev/v1alpha1", Kind = "SchedulingTraceList", Items = [.. batch.Select(TraceDocument.Of)],
        };
        var body = ApiJson.Serialize(list);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return;
            // Another system's API server knows no traces; it is asked again now and then, as it may be one that is being upgraded.
            LogDropped(batch.Count, $"the API server answered {(int)response.StatusCode}");
            await Task.Delay((int)response.StatusCode >= 500 ? RetryDelay : RefusedDelay, time, cancellationToken);
        }
        catch (ApiException exception)
        {
            LogDropped(batch.Count, exception.Message);
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} scheduling traces were dropped: {Error}")]
    private partial void LogDropped(int count, string error);
}
