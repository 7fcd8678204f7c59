using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>The rules of ObjectMeta, the same for every kind. Source: Kubernetes API conventions.</summary>
internal static class MetadataValidation
{
    private const string ImmutableFault = "field is immutable";

    private static readonly FieldPath Root = FieldPath.Of("metadata");

    public static void Validate(ResourceDefinition definition, JsonObject document, FieldErrors errors)
    {
        var metadata = ObjectMetadata.Of(document);
        ValidateName(definition, metadata, errors);
        if (definition.Names.Namespaced && metadata["namespace"].Text() is { } space && NameRules.DnsLabel(space) is { } spaceFault)
            errors.Invalid(Root.Child("namespace"), space, spaceFault);
        if (metadata["labels"] is JsonObject labels)
            ValidateLabels(labels, errors);
        if (metadata["annotations"] is JsonObject annotations)
            ValidateAnnotations(annotations, errors);
        if (metadata["ownerReferences"] is JsonArray owners)
            ValidateOwners(owners, errors);
        if (metadata["finalizers"] is JsonArray finalizers)
            ValidateFinalizers(finalizers, errors);
    }

    public static void ValidateUpdate(JsonObject document, JsonObject old, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp"])
        {
            if (ObjectMetadata.Text(document, field) != ObjectMetadata.Text(old, field))
                errors.Invalid(Root.Child(field), ObjectMetadata.Text(document, field) ?? "", ImmutableFault);
        }

        if (!ObjectMetadata.IsBeingDeleted(old))
            return;
        var before = (old.At("metadata.finalizers") as JsonArray ?? []).Select(one => one.Text()).ToHashSet();
        var added = (document.At("metadata.finalizers") as JsonArray ?? []).Select(one => one.Text()).Where(one => !before.Contains(one)).ToList();
        if (added.Count > 0)
        {
            errors.Forbidden(Root.Child("finalizers"),
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(one => $"\"{one}\""))}}}");
        }
    }

    private static void ValidateLabels(JsonObject labels, FieldErrors errors)
    {
        var path = Root.Child("labels");
        foreach (var (key, value) in labels)
            LabelRules.CheckLabel(key, value.Text() ?? "", path, errors);
    }

    private static void ValidateName(ResourceDefinition definition, JsonObject metadata, FieldErrors errors)
    {
        if (metadata["generateName"].Text() is { Length: > 0 } prefix && definition.Strategy.CheckName(prefix, true) is { } prefixFault)
            errors.Invalid(Root.Child("generateName"), prefix, prefixFault);
        if (metadata["name"].Text() is not { Length: > 0 } name)
            errors.Required(Root.Child("name"), "name or generateName is required");
        else if (definition.Strategy.CheckName(name, false) is { } fault)
            errors.Invalid(Root.Child("name"), name, fault);
    }

    private static void ValidateAnnotations(JsonObject annotations, FieldErrors errors)
    {
        long bytes = 0;
        foreach (var (key, value) in annotations)
        {
            LabelRules.CheckAnnotationKey(key, Root.Child("annotations"), errors);
            bytes += key.Length + System.Text.Encoding.UTF8.GetByteCount(value.Text() ?? "");
        }

        if (bytes > LabelRules.MaxAnnotationBytes)
            errors.TooLong(Root.Child("annotations"), LabelRules.MaxAnnotationBytes);
    }

    private static void ValidateOwners(JsonArray owners, FieldErrors errors)
    {
        var path = Root.Child("ownerReferences");
        var controllers = 0;
        for (var i = 0; i < owners.Count; i++)
        {
            foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owners[i].StringAt(field)))
                    errors.Invalid(path.Index(i).Child(field), "", field == "apiVersion" ? "version must not be empty" : "must not be empty");
            }

            if (owners[i].BoolAt("controller") == true)
                controllers++;
        }

        if (controllers > 1)
            errors.Invalid(path, owners.ToJsonString(), "Only one reference can have Controller set to true.");
    }

    private static void ValidateFinalizers(JsonArray finalizers, FieldErrors errors)
    {
        var path = Root.Child("finalizers");
        var orphan = false;
        var foreground = false;
        foreach (var finalizer in finalizers)
        {
            var name = finalizer.Text() ?? "";
            orphan |= name == "orphan";
            foreground |= name == "foregroundDeletion";
            if (LabelRules.QualifiedNameFaults(name).FirstOrDefault() is { } fault)
                errors.Invalid(path, name, fault);
            else if (!name.Contains('/') && name is not ("orphan" or "foregroundDeletion" or "kubernetes"))
                errors.Invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
        }

        if (orphan && foreground)
            errors.Invalid(path, "[foregroundDeletion orphan]", "finalizer orphan and foregroundDeletion cannot be both set");
    }
}
