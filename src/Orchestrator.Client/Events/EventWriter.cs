using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Serialization;
using Orchestrator.Client.Causes;

namespace Orchestrator.Client.Events;

/// <summary>Writes Events in the background, in order, through one queue of bounded length; the oldest is dropped when it is full.</summary>
public sealed partial class EventWriter(IApiClient client, TimeProvider time, ILogger<EventWriter> logger)
{
    private const int MaxQueued = 1000;
    private const int MaxAttempts = 6;
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider time = time;
    private readonly EventCorrelator correlator = new();
    private readonly Channel<Entry> queue = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private sealed record Entry(ObjectReference About, EventSource Source, string Type, string Reason, string Message, DateTimeOffset At, Cause? Cause);

    /// <summary>A recorder for one component; several may share the writer.</summary>
    /// <param name="host">Node the component runs on; null where that means nothing.</param>
    public IEventRecorder For(string component, string? host = null) =>
        new Recorder(this, new EventSource { Component = component, Host = host });

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
                await WriteAsync(await queue.Reader.ReadAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends; Events not yet written are lost, as they may be.
        }
    }

    private async Task WriteAsync(Entry entry, CancellationToken cancellationToken)
    {
        if (correlator.Correlate(entry.About, entry.Source, entry.Type, entry.Reason, entry.Message, entry.At) is not { } outcome)
            return;
        Cause.Current = entry.Cause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SendAsync(outcome, cancellationToken);
                return;
            }
            catch (ApiException e) when (outcome.IsUpdate && e.Reason == StatusReason.NotFound)
            {
                // It has expired meanwhile; written as a new one.
                outcome = outcome with { IsUpdate = false };
            }
            catch (ApiException e) when (attempt < MaxAttempts && e.Reason is StatusReason.ServiceUnavailable or StatusReason.Timeout)
            {
                await Task.Delay(FirstRetryDelay * (1 << attempt), time, cancellationToken);
            }
            catch (ApiException e)
            {
                correlator.Forget(outcome.Key);
                LogDropped(entry.Reason, entry.About.Kind, entry.About.Namespace, entry.About.Name, e.Message);
                return;
            }
        }
    }

    private Task SendAsync(EventCorrelator.Outcome outcome, CancellationToken cancellationToken)
    {
        var item = outcome.Event;
        if (!outcome.IsUpdate)
            return client.CreateAsync(item, cancellationToken);
        var patch = new JsonObject
        {
            ["count"] = item.Count, ["message"] = item.Message, ["lastTimestamp"] = TimeConverter.Format(item.LastTimestamp!.Value),
        };
        return client.PatchAsync<Event>(item.Metadata.Namespace, item.Metadata.Name!, PatchType.Merge, patch, null, cancellationToken);
    }

    private sealed class Recorder(EventWriter writer, EventSource source) : IEventRecorder
    {
        public void Record(ObjectReference about, string type, string reason, string message) =>
            writer.queue.Writer.TryWrite(new Entry(about, source, type, reason, message, writer.time.GetUtcNow(), Cause.Current));
    }

    [LoggerMessage(LogLevel.Debug, "Event {Reason} about {Kind} {Namespace}/{Name} was dropped: {Error}")]
    private partial void LogDropped(string reason, string? kind, string? @namespace, string? name, string error);
}
