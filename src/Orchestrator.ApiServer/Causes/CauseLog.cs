using System.Text;
using System.Text.Json;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Client.Causes;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Causes;

/// <summary>Writes down who made each change and why.</summary>
/// <param name="retention">How long the cause of a deletion is kept: as long as the history.</param>
internal sealed class CauseLog(IKeyValueStore store, TimeProvider time, TimeSpan retention, bool isOn)
{
    /// <summary>Keys of deleted objects' causes: this, then the object's key behind /registry/, then its uid.</summary>
    public const string Prefix = "/causes/";

    /// <summary>Header texts beyond this are dropped: a cause is small.</summary>
    private const int MaxHeaderLength = 2048;

    private static readonly TimeSpan LeaseShare = TimeSpan.FromHours(1);

    private readonly SharedLease lease = new(store, time, retention, LeaseShare);

    /// <summary>Null when causes are not recorded.</summary>
    public CauseNote? Describe(RequestContext context, IReadOnlyList<string>? changed) => !isOn ? null : new()
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

    /// <summary>Commits a deletion, and in the same transaction a note of its cause that expires with the history.</summary>
    /// <exception cref="StoreException">The store refused the transaction.</exception>
    /// <exception cref="Api.Errors.ApiException">The store refused a lease for the note.</exception>
    public ValueTask<CommitResult> CommitDeletionAsync(
        RequestContext context, string key, ApiObject item, StoreTransaction deletion, CancellationToken cancellationToken)
    {
        if (Describe(context, null) is not { } cause)
            return store.CommitAsync(deletion, cancellationToken);
        return lease.CommitAsync(
            holder => deletion with { Changes = [.. deletion.Changes, StoreChange.Put(KeyOf(key, item.Uid), cause.Encode().ToArray(), holder)] }, cancellationToken);
    }

    public static string KeyOf(string objectKey, string uid) => $"{PrefixOf(objectKey)}{uid}";

    public static string PrefixOf(string objectKey) => string.Concat(Prefix, objectKey.AsSpan("/registry/".Length), "/");

    private static ReadOnlyMemory<byte> HeaderOf(RequestContext context)
    {
        if (context.Http is not { } http || http.Request.Headers[Cause.HeaderName] is not { Count: 1 } header || header[0] is not { Length: <= MaxHeaderLength } text)
            return default;
        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var reader = new Utf8JsonReader(bytes);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return default;
            reader.Skip();
            return reader.Read() ? default : bytes;
        }
        catch (JsonException)
        {
            // A client's remark that cannot be read is no reason to refuse its write.
            return default;
        }
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];
}
