using Orchestrator.Api;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// One version of one object: the bytes that are sent, and, made when first asked for, what selectors and typed readers need.
/// Immutable; the lazily made parts may be made twice by racing readers, to the same result.
/// </summary>
internal sealed class CacheEntry(ResourceDefinition definition, string path, long revision, byte[] json)
{
    private SelectorFields? fields;
    private KubernetesObject? typed;
    private volatile byte[]? storedForm;

    /// <summary>Why the object cannot be read; null when it can.</summary>
    public string? Fault { get; private init; }

    /// <summary>"namespace/name", or "name" for cluster-scoped kinds: the key behind the kind's prefix.</summary>
    public string Path { get; } = path;

    /// <summary>The store's revision of the last change; the object's resourceVersion.</summary>
    public long Revision { get; } = revision;

    /// <summary>The whole object in the form of its kind, resourceVersion included.</summary>
    /// <exception cref="Api.Errors.ApiException">500: it cannot be read.</exception>
    public byte[] Json
    {
        get
        {
            if (Fault is not null)
                throw StoreFailures.Unreadable(definition, Path, Fault);
            // Objects that another kind stored are translated when somebody looks at them; doing it twice at once does no harm.
            if (storedForm is not { } stored)
                return json;
            json = Api.Documents.DocumentJson.Encode(definition.Converter!.FromStored(new ApiObject(stored).Document));
            storedForm = null;
            return json;
        }
    }

    /// <summary>Memory that the object takes as JSON.</summary>
    public int Bytes => storedForm?.Length ?? json.Length;

    public ReadOnlySpan<char> Namespace => Path.AsSpan(0, Math.Max(0, Path.IndexOf('/')));

    public ReadOnlySpan<char> Name => Path.AsSpan(Path.IndexOf('/') + 1);

    public SelectorFields Fields => fields ??= SelectorFields.Read(definition, Json, Path);

    public KubernetesObject Typed => typed ??= definition.Access.Decode(Json);

    /// <summary>What a key holds. One that holds no object of use has its place too: it is not absent.</summary>
    public static CacheEntry FromStored(ResourceDefinition definition, string path, KeyValue item)
    {
        if (item.Fault is not null)
            return new(definition, path, item.ModRevision, []) { Fault = item.Fault };
        try
        {
            var stored = StoredEnvelope.WithVersion(StoredEnvelope.Json(item.Value.Span), item.ModRevision);
            return definition.Converter is null ? new(definition, path, item.ModRevision, stored) : new(definition, path, item.ModRevision, []) { storedForm = stored };
        }
        catch (InvalidDataException error)
        {
            // No API server wrote it.
            return new(definition, path, item.ModRevision, []) { Fault = $"{item.Key} holds no object: {error.Message}" };
        }
    }

    /// <summary>The last state of a deleted object, under the revision of its deletion.</summary>
    public static CacheEntry Deleted(ResourceDefinition definition, CacheEntry last, long revision)
    {
        if (last.Fault is not null)
            return new(definition, last.Path, revision, []) { Fault = last.Fault };
        var document = new ApiObject(last.Json);
        document.Metadata["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        document.Changed();
        return new CacheEntry(definition, last.Path, revision, document.Bytes.ToArray());
    }
}
