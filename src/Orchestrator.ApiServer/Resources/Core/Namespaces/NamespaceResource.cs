using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Namespaces;

internal static class NamespaceResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<Namespace>() with
    {
        Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
        Strategy = new NamespaceStrategy(),
        Subresources = [Subresource.View("finalize", new NamespaceFinalizeStrategy(), "update"), Subresource.Status(new ResourceStrategy<Namespace>())],
        SelectableFields = [new SelectableField("status.phase")],
        Columns =
        [
            Column.NameColumn,
            Column.Of<Namespace>("Status", "string", 0, one => one.Status?.Phase, "Active, or Terminating while its content is being deleted."),
            Column.AgeColumn,
        ],
    };
}

/// <summary>
/// Namespaces go in two steps: a delete marks them Terminating; when the namespace controller has emptied them it removes the
/// finalizer in their spec, and with it the object.
/// </summary>
internal sealed class NamespaceStrategy : ResourceStrategy<Namespace>
{
    private const string Finalizer = "kubernetes";
    private const string NameLabel = "kubernetes.io/metadata.name";

    public override string? CheckName(string name, bool isPrefix) => NameRules.DnsLabel(name, isPrefix);

    public override void SetDefaults(JsonObject document)
    {
        if (document.Child("metadata") is { } metadata && metadata.Text("name") is { Length: > 0 } name)
            metadata.ChildOrNew("labels")[NameLabel] = name;
    }

    public override void PrepareForCreate(RequestContext context, JsonObject document)
    {
        document["status"] = new JsonObject { ["phase"] = "Active" };
        var finalizers = document.ChildOrNew("spec")["finalizers"] as JsonArray ?? [];
        if (!finalizers.Any(one => one?.GetValue<string>() == Finalizer))
            finalizers.Add(Finalizer);
        if (finalizers.Parent is null)
            document.ChildOrNew("spec")["finalizers"] = finalizers;
        SetDefaults(document);
    }

    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        document.ChildOrNew("spec").Restore("finalizers", old.Child("spec") ?? []);
        document.Restore("status", old);
    }

    public override void PrepareForDeletion(RequestContext context, JsonObject document) => document.ChildOrNew("status")["phase"] = "Terminating";

    public override bool MayBeRemoved(JsonObject document) => document.Child("spec")?["finalizers"] is not JsonArray { Count: > 0 };

    protected override void Validate(Namespace item, FieldErrors errors)
    {
        for (var i = 0; i < item.Spec?.Finalizers?.Count; i++)
        {
            if (item.Spec.Finalizers[i] != Finalizer && !item.Spec.Finalizers[i].Contains('/'))
                errors.Invalid(FieldPath.Of("spec").Child("finalizers").Index(i), item.Spec.Finalizers[i], "name is neither a standard finalizer name nor is it fully qualified");
        }
    }
}

/// <summary>namespaces/finalize: changes the finalizers in the spec and nothing else.</summary>
internal sealed class NamespaceFinalizeStrategy : ResourceStrategy<Namespace>
{
    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        var finalizers = document.Child("spec")?["finalizers"]?.DeepClone();
        document["spec"] = old["spec"]?.DeepClone();
        if (finalizers is JsonArray { Count: > 0 })
            document.ChildOrNew("spec")["finalizers"] = finalizers;
        else
            document.Child("spec")?.Remove("finalizers");
        document.Restore("status", old);
    }

    public override bool MayBeRemoved(JsonObject document) => document.Child("spec")?["finalizers"] is not JsonArray { Count: > 0 };
}
