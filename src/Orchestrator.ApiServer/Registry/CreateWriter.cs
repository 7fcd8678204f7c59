using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Patches;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>The create verb: admission, preparation, validation, store.</summary>
internal sealed class CreateWriter(WriteServices services)
{
    /// <summary>How often a generated name that is taken is replaced by another.</summary>
    private const int MaxNameAttempts = 8;

    /// <param name="item">Decoded and defaulted. Becomes the stored object.</param>
    /// <param name="namespace">From the URL; empty for cluster-scoped kinds.</param>
    /// <param name="ownership">Records who set which fields; run after everything else has set its own.</param>
    public async ValueTask<WriteResult> CreateAsync(
        RequestContext context, ResourceDefinition definition, string @namespace, ApiObject item, FieldOwnership ownership, CancellationToken cancellationToken)
    {
        var strategy = definition.Strategy;
        var document = item.Document;
        SetNamespace(definition, @namespace, document);
        if (ObjectMetadata.TakeResourceVersion(document) is not ("" or "0"))
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");

        var isGenerated = item.Name.Length == 0 && ObjectMetadata.Text(document, "generateName") is not null;
        if (isGenerated)
            ObjectMetadata.Of(document)["name"] = services.Names.NewName(ObjectMetadata.Text(document, "generateName")!);
        SetStandardFields(context, definition, document);
        item.Changed();
        var attributes = AdmissionChain.Attributes(context, AdmissionOperation.Create, definition, "", @namespace, item.Name, item, null);
        if (await services.Admission.MutateAsync(attributes, cancellationToken))
            SchemaDefaults.Apply(document, definition.Schema);
        strategy.PrepareForCreate(context, document);
        item.Changed();

        await using var undo = new Undo(await strategy.BeginCreateAsync(context, item, cancellationToken));
        ownership.Record(definition, null, document);
        item.Changed();
        Validate(context, definition, item);
        await services.Admission.ValidateAsync(attributes, cancellationToken);
        foreach (var warning in strategy.Warnings(item, null))
            context.AddWarning(warning);
        if (context.DryRun)
            return new WriteResult(item.Bytes.ToArray(), 201);

        for (var attempt = 1; ; attempt++)
        {
            undo.Keep();
            if (await services.Objects.CreateAsync(definition, context, item, cancellationToken) is { } stored)
                return new WriteResult(stored.Json, 201);
            undo.Drop();
            if (!isGenerated || attempt == MaxNameAttempts)
                throw ApiErrors.AlreadyExists(definition.Resource, item.Name);
            ObjectMetadata.Of(document)["name"] = services.Names.NewName(ObjectMetadata.Text(document, "generateName")!);
            item.Changed();
        }
    }

    private static void SetNamespace(ResourceDefinition definition, string @namespace, JsonObject document)
    {
        var given = ObjectMetadata.Text(document, "namespace");
        if (!definition.Names.Namespaced)
        {
            ObjectMetadata.Of(document).Remove("namespace");
            return;
        }

        if (given is not null && given != @namespace)
            throw ApiErrors.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        ObjectMetadata.Of(document)["namespace"] = @namespace;
    }

    private void SetStandardFields(RequestContext context, ResourceDefinition definition, JsonObject document)
    {
        var metadata = ObjectMetadata.Of(document);
        metadata["uid"] = services.Names.NewUid();
        metadata["creationTimestamp"] = TimeConverter.Format(context.Received);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
        if (TracksGeneration(definition))
            metadata["generation"] = 1L;
        else
            metadata.Remove("generation");
        // Some kinds begin with a status; that is among the defaults.
        if (definition.HasStatus && !definition.Strategy.KeepsStatusOnCreate && document.Remove("status"))
            SchemaDefaults.Apply(document, definition.Schema);
    }

    public static bool TracksGeneration(ResourceDefinition definition) =>
        definition.Strategy.TracksGeneration ?? (definition.HasStatus && definition.Schema.Field("spec") is not null);

    private static void Validate(RequestContext context, ResourceDefinition definition, ApiObject item)
    {
        var errors = new FieldErrors();
        MetadataValidation.Validate(definition, item.Document, errors);
        definition.Strategy.ValidateCreate(context, item, errors);
        if (errors.Count > 0)
            throw ApiErrors.Invalid(definition.Kind, item.Name, errors);
    }
}

/// <summary>
/// Undoes what a write began, unless it is kept. Kept from before the store is asked, and dropped only when the store says that it
/// did not write: a store that does not answer may have written, and then what was begun is in use.
/// </summary>
internal sealed class Undo(IAsyncDisposable? begun) : IAsyncDisposable
{
    private bool kept;

    public void Keep() => kept = true;

    public void Drop() => kept = false;

    public ValueTask DisposeAsync() => kept || begun is null ? ValueTask.CompletedTask : begun.DisposeAsync();
}
