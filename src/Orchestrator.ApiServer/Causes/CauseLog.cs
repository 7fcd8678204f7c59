using System.Text;
using System.Text.Json;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Client.Causes;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Causes;

/// <summary>Writes down who made each change and why.</summary>
/// <param name="retention">How long the cause of a deletion is kept: as long as the history.</param>
internal sealed class CauseLog(IKeyValueStore store, TimeProvider time, TimeSpan retention)
{
    /// <summary>Keys of deleted objects' causes: this, then the object's key behind /registry/, then its uid.</summary>
    public const string Prefix = "/causes/";

    /// <summary>Header texts beyond this are dropped: a cause is small.</summary>
    private const int MaxHeaderLength = 2048;

    private static readonly TimeSpan LeaseShare = TimeSpan.FromHours(1);

    private readonly SharedLease lease = new(store, time, retention, LeaseShare);

    public CauseRecord Describe(RequestContext context, IReadOnlyList<string>? changed) => new()
    {
        User = context.User.Name,
        Verb = context.Info.Verb,
        Subresource = context.Info.Subresource.Length == 0 ? null : context.Info.Subresource,
        Manager = context.FieldManager.Length == 0 ? null : context.FieldManager,
        UserAgent = context.Http?.Request.Headers.UserAgent is { Count: > 0 } agent ? Shorten(agent.ToString(), 256) : null,
        Time = context.Received,
        Fields = changed,
        Cause = HeaderOf(context),
    };

    /// <summary>The put that records a deletion; it expires with the history.</summary>
    public async ValueTask<StoreChange> DescribeDeletionAsync(RequestContext context, string key, ApiObject item, CancellationToken cancellationToken)
    {
        var cause = Describe(context, null);
        var value = JsonSerializer.SerializeToUtf8Bytes(cause, CauseJsonContext.Default.CauseRecord);
        return StoreChange.Put(KeyOf(key, item.Uid), value, await lease.GetAsync(cancellationToken));
    }

    public static string KeyOf(string objectKey, string uid) => $"{PrefixOf(objectKey)}{uid}";

    public static string PrefixOf(string objectKey) => string.Concat(Prefix, objectKey.AsSpan("/registry/".Length), "/");

    private static JsonElement? HeaderOf(RequestContext context)
    {
        if (context.Http is not { } http || http.Request.Headers[Cause.HeaderName] is not { Count: 1 } header || header[0] is not { Length: <= MaxHeaderLength } text)
            return null;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return JsonElement.TryParseValue(ref reader, out var element) && element.Value.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (JsonException)
        {
            // A client's remark that cannot be read is no reason to refuse its write.
            return null;
        }
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];
}
