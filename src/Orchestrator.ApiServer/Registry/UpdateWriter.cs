using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Patches;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// The update and patch verbs: read, change, admit, prepare, validate, compare and swap; again when another writer was faster.
/// </summary>
internal sealed class UpdateWriter(WriteServices services, CreateWriter creates, DeleteWriter deletes)
{
    /// <summary>A patch that loses this many races in a row is refused.</summary>
    private const int MaxAttempts = 32;

    public async ValueTask<WriteResult> UpdateAsync(UpdateRequest request, CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        var current = await services.Objects.GetCachedOrLatestAsync(definition, request.Namespace, request.Name, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            if (current is null)
                return await CreateInsteadAsync(request, cancellationToken);
            try
            {
                if (await TryUpdateAsync(request, current, cancellationToken) is { } result)
                    return result;
                if (attempt >= MaxAttempts)
                    throw ApiErrors.Modified(definition.Resource, request.Name);
            }
            catch (Api.Errors.ApiException error) when (current.FromCache && error.Code < 500)
            {
                // The refusal may be due to the cache's age: only the store's own state decides. A failure of the store is no
                // refusal: the write may have been done, and must not be done again.
            }

            current = await services.Objects.GetLatestAsync(definition, request.Namespace, request.Name, cancellationToken);
        }
    }

    private async ValueTask<WriteResult> CreateInsteadAsync(UpdateRequest request, CancellationToken cancellationToken)
    {
        if (!request.MayCreate || request.View is not null)
            throw ApiErrors.NotFound(request.Definition.Resource, request.Name);
        var item = new ApiObject(request.Change(null));
        if (ObjectMetadata.Text(item.Document, "uid") is not null && !request.IsApply)
            throw ApiErrors.NotFound(request.Definition.Resource, request.Name);
        CheckNames(request, item.Document);
        return await creates.CreateAsync(request.Context, request.Definition, request.Namespace, item, request.Ownership, cancellationToken);
    }

    /// <returns>Null: another writer was faster, or the cache could not tell.</returns>
    private async ValueTask<WriteResult?> TryUpdateAsync(UpdateRequest request, StoredObject current, CancellationToken cancellationToken)
    {
        var (context, definition) = (request.Context, request.Definition);
        var strategy = request.View?.Strategy ?? definition.Strategy;
        var old = current.Open();
        ObjectMetadata.TakeResourceVersion(old.Document);
        old.Changed();
        var document = request.Change(current.Open().Document);
        CheckPreconditions(request, current, old.Document, document);
        CheckNames(request, document);
        KeepStandardFields(definition, request.View, document, old.Document);

        var item = new ApiObject(document);
        var attributes = AdmissionChain.Attributes(context, AdmissionOperation.Update, definition, request.View?.Name ?? "", request.Namespace, request.Name, item, old);
        if (await services.Admission.MutateAsync(attributes, cancellationToken))
            SchemaDefaults.Apply(document, definition.Schema);
        strategy.PrepareForUpdate(context, document, old.Document);
        item.Changed();
        await using var undo = new Undo(await strategy.BeginUpdateAsync(context, item, old, cancellationToken));

        var changed = ChangedFields.Between(old.Document, document);
        if (CreateWriter.TracksGeneration(definition) && ChangedFields.TouchSpec(changed))
            ObjectMetadata.Of(document)["generation"] = ObjectMetadata.Generation(old.Document) + 1;
        request.Ownership.Record(definition, old.Document, document);
        item.Changed();
        if (changed.Count == 0 && JsonNode.DeepEquals(document["metadata"]?["managedFields"], old.Document["metadata"]?["managedFields"]))
        {
            // Against an old picture it may look like no change and be one: the store's own state decides.
            return current.FromCache ? null : new WriteResult(current.Json, 200);
        }

        Validate(context, definition, strategy, item, old);
        await services.Admission.ValidateAsync(attributes, cancellationToken);
        foreach (var warning in strategy.Warnings(item, old))
            context.AddWarning(warning);
        if (context.DryRun)
            return new WriteResult(StoredEnvelope.WithVersion(item.Bytes.Span, current.Revision), 200);
        if (DeleteWriter.IsFinished(definition, old.Document, document))
            return await deletes.FinishAsync(context, definition, item, current, cancellationToken) is { } last ? new WriteResult(last, 200) : null;
        undo.Keep();
        if (await services.Objects.UpdateAsync(definition, context, item, current, changed, cancellationToken) is { } stored)
            return new WriteResult(stored.Json, 200);
        undo.Drop();
        return null;
    }

    private static void CheckPreconditions(UpdateRequest request, StoredObject current, JsonObject old, JsonObject document)
    {
        var resource = request.Definition.Resource;
        var uid = ObjectMetadata.Text(document, "uid");
        if (uid is not null && uid != ObjectMetadata.Text(old, "uid"))
        {
            throw ApiErrors.Conflict(resource, request.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {ObjectMetadata.Text(old, "uid")}");
        }

        var version = ObjectMetadata.TakeResourceVersion(document);
        if (version is "" or "0")
        {
            if (request.Strategy.AllowsUnconditionalUpdate || !request.IsReplace)
                return;
            var errors = new FieldErrors();
            errors.Invalid(FieldPath.Of("metadata").Child("resourceVersion"), 0, "must be specified for an update");
            throw ApiErrors.Invalid(request.Definition.Kind, request.Name, errors);
        }

        if (!long.TryParse(version, out var wanted))
        {
            var errors = new FieldErrors();
            errors.Invalid(FieldPath.Of("metadata").Child("resourceVersion"), version, "must be a number");
            throw ApiErrors.Invalid(request.Definition.Kind, request.Name, errors);
        }

        if (wanted != current.Revision)
            throw ApiErrors.Modified(resource, request.Name);
    }

    private static void CheckNames(UpdateRequest request, JsonObject document)
    {
        var name = ObjectMetadata.Text(document, "name");
        if (name is null && (request.IsReplace || request.IsApply))
            ObjectMetadata.Of(document)["name"] = request.Name;
        else if (name != request.Name)
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        if (!request.Definition.Names.Namespaced)
            return;
        var space = ObjectMetadata.Text(document, "namespace");
        if (space is null)
            ObjectMetadata.Of(document)["namespace"] = request.Namespace;
        else if (space != request.Namespace)
            throw ApiErrors.BadRequest($"the namespace of the object ({space}) does not match the namespace on the request ({request.Namespace})");
    }

    private static void KeepStandardFields(ResourceDefinition definition, Subresource? view, JsonObject document, JsonObject old)
    {
        ObjectMetadata.Keep(document, old, "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName");
        ObjectMetadata.Of(document).Remove("selfLink");
        if (view is null)
        {
            if (definition.HasStatus)
                Replace(document, old, "status");
        }
        else if (view.Name == "status")
        {
            var status = document["status"];
            document.Remove("status");
            foreach (var name in document.Select(member => member.Key).Where(name => name is not ("kind" or "apiVersion" or "metadata")).ToList())
                document.Remove(name);
            foreach (var (name, value) in old)
            {
                if (name is not ("kind" or "apiVersion" or "metadata" or "status"))
                    document[name] = value?.DeepClone();
            }

            if (status is not null)
                document["status"] = status;
            ObjectMetadata.Keep(document, old, "ownerReferences", "finalizers");
        }
    }

    private static void Replace(JsonObject document, JsonObject old, string field)
    {
        if (old[field] is { } value)
            document[field] = value.DeepClone();
        else
            document.Remove(field);
    }

    private static void Validate(RequestContext context, ResourceDefinition definition, ResourceStrategy strategy, ApiObject item, ApiObject old)
    {
        var errors = new FieldErrors();
        MetadataValidation.Validate(definition, item.Document, errors);
        MetadataValidation.ValidateUpdate(item.Document, old.Document, errors);
        strategy.ValidateUpdate(context, item, old, errors);
        if (errors.Count > 0)
            throw ApiErrors.Invalid(definition.Kind, item.Name, errors);
    }
}

/// <summary>One update, replace or patch.</summary>
internal sealed record UpdateRequest
{
    public required RequestContext Context { get; init; }

    public required ResourceDefinition Definition { get; init; }

    /// <summary>The view written through; null for the object itself.</summary>
    public Subresource? View { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>
    /// Makes the new document from the current one (a private copy with its resourceVersion; null when there is none and
    /// <see cref="MayCreate"/> is set). Decoded and defaulted. Called again after a lost race.
    /// </summary>
    public required Func<JsonObject?, JsonObject> Change { get; init; }

    public required FieldOwnership Ownership { get; init; }

    /// <summary>A PUT, as opposed to a patch.</summary>
    public bool IsReplace { get; init; }

    public bool IsApply { get; init; }

    public bool MayCreate { get; init; }

    public ResourceStrategy Strategy => View?.Strategy ?? Definition.Strategy;
}
