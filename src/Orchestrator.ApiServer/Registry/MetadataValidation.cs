using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>The rules of ObjectMeta, the same for every kind. Source: Kubernetes API conventions.</summary>
internal static class MetadataValidation
{
    private const int MaxAnnotationBytes = 256 * 1024;

    private const string ImmutableFault = "field is immutable";

    private const string NameFault =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueFault =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private static readonly FieldPath Root = FieldPath.Of("metadata");

    public static void Validate(ResourceDefinition definition, JsonObject document, FieldErrors errors)
    {
        var metadata = ObjectMetadata.Of(document);
        ValidateName(definition, metadata, errors);
        if (definition.Names.Namespaced && metadata["namespace"].Text() is { } space && NameRules.DnsLabel(space) is { } spaceFault)
            errors.Invalid(Root.Child("namespace"), space, spaceFault);
        if (metadata["labels"] is JsonObject labels)
            ValidateLabels(labels, Root.Child("labels"), errors);
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

    /// <summary>Labels of any object, also those of a template.</summary>
    public static void ValidateLabels(JsonObject labels, FieldPath path, FieldErrors errors)
    {
        foreach (var (key, value) in labels)
        {
            if (QualifiedNameFault(key) is { } keyFault)
                errors.Invalid(path, key, keyFault);
            var text = value.Text() ?? "";
            if (text.Length > 63)
                errors.Invalid(path, text, "must be no more than 63 bytes");
            else if (text.Length > 0 && !IsNamePart(text))
                errors.Invalid(path, text, ValueFault);
        }
    }

    /// <summary>"prefix/name" keys of labels, annotations, finalizers. Null when well formed.</summary>
    public static string? QualifiedNameFault(string key)
    {
        var slash = key.IndexOf('/');
        if (slash >= 0 && key.IndexOf('/', slash + 1) >= 0)
            return "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') "
                + "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        if (slash == 0)
            return "prefix part must be non-empty";
        if (slash > 0 && NameRules.DnsSubdomain(key[..slash]) is { } fault)
            return $"prefix part {fault}";
        var name = key[(slash + 1)..];
        if (name.Length == 0)
            return "name part must be non-empty";
        if (name.Length > 63)
            return "name part must be no more than 63 bytes";
        return IsNamePart(name) ? null : NameFault;
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
            // Keys are qualified names in which letters of both cases may occur in the prefix.
            if (QualifiedNameFault(key.ToLowerInvariant()) is { } fault)
                errors.Invalid(Root.Child("annotations"), key, fault);
            bytes += key.Length + System.Text.Encoding.UTF8.GetByteCount(value.Text() ?? "");
        }

        if (bytes > MaxAnnotationBytes)
            errors.TooLong(Root.Child("annotations"), MaxAnnotationBytes);
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
            if (QualifiedNameFault(name) is { } fault)
                errors.Invalid(path, name, fault);
            else if (!name.Contains('/') && name is not ("orphan" or "foregroundDeletion" or "kubernetes"))
                errors.Invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
        }

        if (orphan && foreground)
            errors.Invalid(path, "[foregroundDeletion orphan]", "finalizer orphan and foregroundDeletion cannot be both set");
    }

    private static bool IsNamePart(string text)
    {
        if (!char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
            return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
                return false;
        }

        return true;
    }
}
