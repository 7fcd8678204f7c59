using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Patches;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Patches;

/// <summary>
/// Keeps metadata.managedFields: which manager set which fields, through which operation. One instance per request. This one is
/// for updates and patches, whose manager gets whatever it changed.
/// </summary>
internal class FieldOwnership(RequestContext context)
{
    /// <summary>Fields nobody owns: identity and bookkeeping.</summary>
    private static readonly FieldSet Unowned = Parse(
        """{"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:creationTimestamp":{},"f:selfLink":{},"f:uid":{},"f:generation":{},"f:managedFields":{},"f:resourceVersion":{}}}""");

    protected RequestContext Context { get; } = context;

    /// <summary>Name of a writer that gives none.</summary>
    private const string UnknownManager = "unknown";

    public static FieldOwnership ForUpdate(RequestContext context) => new(context);

    /// <summary>The patched document, decoded and defaulted.</summary>
    /// <param name="current">A private copy of what is stored; null when there is nothing.</param>
    /// <param name="decode">Checks and defaults the outcome.</param>
    public virtual JsonObject Apply(JsonObject? current, PatchBody patch, ResourceDefinition definition, Func<byte[], JsonObject> decode) =>
        decode(patch.ApplyTo(current!, definition));

    /// <param name="before">What is stored; null for a create.</param>
    /// <param name="after">What will be stored; its managedFields are rewritten.</param>
    public virtual void Record(ResourceDefinition definition, JsonObject? before, JsonObject after)
    {
        var managed = IsReset(after) ? ManagedFields.Read(null) : ManagedFields.Read(before);
        var key = KeyOf(definition, ManagedFields.Update);
        var (set, removed) = Changes(definition, before ?? [], after);
        managed.TakeFromOthers(key, set);
        managed.TakeFromOthers(key, removed);
        managed.Set(key, managed.Find(key) is { } held ? Held(held.Copy(), set, removed) : set, Context.Received);
        managed.Write(after);
    }

    private static FieldSet Held(FieldSet own, FieldSet set, FieldSet removed)
    {
        own.ExceptWith(removed);
        own.UnionWith(set);
        return own;
    }

    protected ManagerKey KeyOf(ResourceDefinition definition, string operation) =>
        new(Context.FieldManager.Length == 0 ? UnknownManager : Context.FieldManager, operation, definition.Kind.ApiVersion, Context.Info.Subresource);

    protected static FieldChanges Changes(ResourceDefinition definition, JsonObject before, JsonObject after)
    {
        var changes = FieldSets.Compare(before, after, definition.Schema);
        Strip(changes.Set);
        Strip(changes.Removed);
        return changes;
    }

    protected static void Strip(FieldSet fields)
    {
        fields.ExceptWith(Unowned);
        if (fields.Find("f:metadata") is { IsEmpty: true })
            fields.Remove("f:metadata");
    }

    /// <summary>A list with one empty entry is the way to say "forget all managers".</summary>
    private static bool IsReset(JsonObject document) => document.At("metadata.managedFields") is JsonArray { Count: 1 } list && list[0] is JsonObject { Count: 0 };

    private static FieldSet Parse(string json) => FieldSet.Parse((JsonObject)JsonNode.Parse(json)!);
}
