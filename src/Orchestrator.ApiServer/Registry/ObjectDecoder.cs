using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What is done about unknown and duplicate fields (the fieldValidation parameter).</summary>
internal enum FieldValidation { Ignore, Warn, Strict }

/// <summary>Bodies to documents of a kind: checked, pruned, defaulted.</summary>
internal static class ObjectDecoder
{
    /// <exception cref="Api.Errors.ApiException">400, in Kubernetes' words.</exception>
    public static JsonObject Decode(RequestContext context, GroupVersionKind kind, SchemaNode schema, ReadOnlySpan<byte> json, FieldValidation validation)
    {
        DecodedDocument decoded;
        try
        {
            decoded = DocumentDecoder.Decode(json, schema);
        }
        catch (DocumentException error)
        {
            throw CannotHandle(kind, error.Message);
        }

        CheckKind(kind, decoded.Document);
        Report(context, kind, decoded, validation);
        return decoded.Document;
    }

    /// <summary>Decodes and sets the defaults of schema and strategy.</summary>
    public static JsonObject DecodeWithDefaults(RequestContext context, ResourceDefinition definition, ReadOnlySpan<byte> json, FieldValidation validation)
    {
        var document = Decode(context, definition.Kind, definition.Schema, json, validation);
        SchemaDefaults.Apply(document, definition.Schema);
        definition.Strategy.SetDefaults(document);
        return document;
    }

    private static void Report(RequestContext context, GroupVersionKind kind, DecodedDocument decoded, FieldValidation validation)
    {
        if (decoded.StrictErrors.Count == 0 || validation == FieldValidation.Ignore)
            return;
        if (validation == FieldValidation.Strict)
            throw CannotHandle(kind, decoded.StrictMessage);
        foreach (var error in decoded.StrictErrors)
            context.AddWarning(error);
    }

    private static void CheckKind(GroupVersionKind kind, JsonObject document)
    {
        var apiVersion = document["apiVersion"].Text();
        var given = document["kind"].Text();
        if (!string.IsNullOrEmpty(apiVersion) && apiVersion != kind.ApiVersion)
            throw ApiErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({kind.ApiVersion})");
        if (!string.IsNullOrEmpty(given) && given != kind.Kind)
            throw ApiErrors.BadRequest($"{given} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: expected a {kind.Kind}, got a {given}");
        // Set again only where absent: setting keeps their place at the front.
        if (string.IsNullOrEmpty(given))
            Put(document, 0, "kind", kind.Kind);
        if (string.IsNullOrEmpty(apiVersion))
            Put(document, 1, "apiVersion", kind.ApiVersion);
    }

    private static void Put(JsonObject document, int index, string name, string value)
    {
        document.Remove(name);
        document.Insert(index, name, value);
    }

    private static Api.Errors.ApiException CannotHandle(GroupVersionKind kind, string why) =>
        ApiErrors.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");
}
