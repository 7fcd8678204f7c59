using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Http;

/// <summary>The watch verb. Each watcher reads the kind's log at its own pace and writes the cached bytes.</summary>
internal sealed class WatchEndpoint(IKeyValueStore store, CacheHub hub, StoreContact contact, ListReader lists, ApiServerOptions options, TimeProvider time, NameGenerator random)
{
    public async Task WatchAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var http = context.Http!;
        var format = ResponseFormat.Choose(http.Request, allowsShapes: true, allowsProtobuf: false);
        var request = ListRequest.Read(http.Request.Query, isWatch: true);
        var fieldSelector = context.Info.FieldSelector;
        if (context.Info.Name.Length > 0 && fieldSelector.Length == 0)
            fieldSelector = $"metadata.name={context.Info.Name}";
        var filter = EntryFilter.Create(definition, context.Info.ObjectNamespace, context.Info.LabelSelector, fieldSelector);
        await lists.WaitAsync(request.Version, cancellationToken);
        var lost = await contact.GetAsync(cancellationToken);

        http.Response.ContentType = "application/json";
        http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(cancellationToken);
        var output = new WatchOutput(http.Response.BodyWriter, definition, filter, format.Shape, TableWriter.IncludeObject(http.Request), time);
        using var ending = new CancellationTokenSource(request.Timeout ?? options.MinWatchTimeout * (1 + random.NextDouble()), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, lost, cancellationToken);
        try
        {
            await RunAsync(output, definition, request, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The watch's time is over, or the store is away: it ends like a body ends, and can be resumed.
        }
        catch (StoreException error)
        {
            // The answer has begun, so its end is told in the stream.
            output.WriteError(error.Error == StoreError.Compacted ? ApiErrors.Expired($"too old resource version: {error.Message}") : StoreFailures.ToApi(error));
            await output.FlushAsync(cancellationToken);
        }
        catch (ApiException error)
        {
            output.WriteError(error);
            await output.FlushAsync(cancellationToken);
        }
    }

    private async Task RunAsync(WatchOutput output, ResourceDefinition definition, ListRequest request, CancellationToken cancellationToken)
    {
        var source = await StartAsync(output, definition, request, cancellationToken);
        await output.FlushAsync(cancellationToken);
        while (true)
        {
            if (!source.TryRead(out var events))
            {
                await foreach (var missed in source.CatchUpAsync(cancellationToken))
                    await WriteAsync(output, missed, cancellationToken);
            }
            else if (events.Count > 0)
            {
                await WriteAsync(output, events, cancellationToken);
            }
            else if (!await source.WaitAsync(options.BookmarkInterval, time, cancellationToken) && request.AllowBookmarks)
            {
                output.WriteBookmark(source.Passed, endsInitialEvents: false);
                await output.FlushAsync(cancellationToken);
            }
        }
    }

    private async ValueTask<WatchSource> StartAsync(WatchOutput output, ResourceDefinition definition, ListRequest request, CancellationToken cancellationToken)
    {
        var wantsInitial = request.SendInitialEvents ?? request.Version is null or 0;
        if (!wantsInitial && request.Version is > 0)
            return WatchSource.Behind(request.Version.Value, store, hub, definition);
        var source = WatchSource.BehindPresent(store, hub, definition, out var entries);
        if (!wantsInitial)
            return source;
        await output.WriteInitialAsync(entries, cancellationToken);
        if (request.SendInitialEvents == true && request.AllowBookmarks)
            output.WriteBookmark(source.Passed, endsInitialEvents: true);
        return source;
    }

    private static ValueTask WriteAsync(WatchOutput output, List<CacheEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var change in events)
                output.Write(change);
        }
        catch (ApiException error) when (StoreFailures.IsUnreadable(error))
        {
            // What has become of the object cannot be told, and must not be passed over: the watcher has to list, and be told there.
            throw ApiErrors.Expired($"the watch cannot go on from here: {error.Message}");
        }

        return output.FlushAsync(cancellationToken);
    }
}

/// <summary>One watcher's stream: events that pass its filter, in the shape it asked for.</summary>
internal sealed class WatchOutput(PipeWriter writer, ResourceDefinition definition, EntryFilter filter, Shape shape, IncludedObject include, TimeProvider time)
{
    private const int FlushBytes = 64 * 1024;

    private bool columnsSent;

    public bool IsFull => writer.CanGetUnflushedBytes && writer.UnflushedBytes > FlushBytes;

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (await writer.FlushAsync(cancellationToken) is { IsCompleted: true })
            throw new OperationCanceledException("the watcher has gone", cancellationToken);
    }

    public async ValueTask WriteInitialAsync(EntrySnapshot entries, CancellationToken cancellationToken)
    {
        var walk = entries.From(filter.PathPrefix);
        while (walk.MoveNext())
        {
            if (filter.Matches(walk.Current))
                Write("ADDED"u8, walk.Current);
            if (IsFull)
                await writer.FlushAsync(cancellationToken);
        }
    }

    public void Write(CacheEvent change)
    {
        if (!filter.MatchesPath(change.Current))
            return;
        if (filter.IsPlain)
        {
            Write(NameOf(change.Type), change.Current);
            return;
        }

        var did = change.Previous is not null && filter.Matches(change.Previous);
        var does = change.Type != CacheEventType.Deleted && filter.Matches(change.Current);
        if (did && does)
            Write("MODIFIED"u8, change.Current);
        else if (does)
            Write("ADDED"u8, change.Current);
        else if (did)
            Write("DELETED"u8, change.Type == CacheEventType.Deleted ? change.Current : change.AsLeft(definition));
    }

    public void WriteBookmark(long revision, bool endsInitialEvents)
    {
        var annotations = endsInitialEvents ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var metadata = $"\"metadata\":{{\"resourceVersion\":\"{revision}\",\"creationTimestamp\":null{annotations}}}";
        var body = shape switch
        {
            Shape.Table => $"{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{{\"resourceVersion\":\"{revision}\"}},\"columnDefinitions\":null,\"rows\":"
                + $"[{{\"cells\":null,\"object\":{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",{metadata}}}}}]}}",
            Shape.Object => $"{{\"kind\":\"{definition.Kind.Kind}\",\"apiVersion\":\"{definition.Kind.ApiVersion}\",{metadata}}}",
            _ => $"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",{metadata}}}",
        };
        WriteFrame("BOOKMARK"u8, Encoding.UTF8.GetBytes(body));
    }

    public void WriteError(ApiException error) => WriteFrame("ERROR"u8, ApiJson.Serialize(error.Status));

    private void Write(ReadOnlySpan<byte> type, CacheEntry entry)
    {
        switch (shape)
        {
            case Shape.Table:
                WriteFrame(type, TableWriter.Write(definition, new ListPage([entry], entry.Revision, null, null, 0), include, time.GetUtcNow(), !columnsSent));
                columnsSent = true;
                break;
            case Shape.Object:
                WriteFrame(type, entry.Json);
                break;
            default:
                WriteFrame(type, PartialMetadata.Of(entry.Json));
                break;
        }
    }

    private void WriteFrame(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        writer.Write("{\"type\":\""u8);
        writer.Write(type);
        writer.Write("\",\"object\":"u8);
        writer.Write(body);
        writer.Write("}\n"u8);
    }

    private static ReadOnlySpan<byte> NameOf(CacheEventType type) => type switch
    {
        CacheEventType.Added => "ADDED"u8,
        CacheEventType.Modified => "MODIFIED"u8,
        _ => "DELETED"u8,
    };
}
