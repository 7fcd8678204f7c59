using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// The delete verb. An object without finalizers and grace is removed at once; any other is marked, and removed by the update
/// that takes the last obstacle away.
/// </summary>
internal sealed class DeleteWriter(WriteServices services)
{
    private const int MaxAttempts = 32;
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";
    private const string UnreadableOption = "ignoreStoreReadErrorWithClusterBreakingPotential";
    private const string UnreadableVerb = "unsafe-delete-ignore-read-errors";

    public async ValueTask<DeleteResult> DeleteAsync(
        RequestContext context, ResourceDefinition definition, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        CheckOptions(context, options);
        if (options.IgnoreStoreReadErrorWithClusterBreakingPotential == true)
            return await DeleteUnreadableAsync(context, definition, @namespace, name, cancellationToken);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var current = await services.Objects.GetLatestAsync(definition, @namespace, name, cancellationToken)
                ?? throw ApiErrors.NotFound(definition.Resource, name);
            if (await TryDeleteAsync(context, definition, current, options, cancellationToken) is { } result)
                return result;
        }

        throw ApiErrors.Modified(definition.Resource, name);
    }

    /// <summary>Whether an update has taken away the last thing that kept a dying object.</summary>
    public static bool IsFinished(ResourceDefinition definition, JsonObject old, JsonObject document) =>
        ObjectMetadata.IsBeingDeleted(old) && ObjectMetadata.GracePeriod(old) is null or 0 && ObjectMetadata.IsBeingDeleted(document)
        && !ObjectMetadata.HasFinalizers(document) && definition.Strategy.MayBeRemoved(document);

    /// <summary>Removes an object whose last obstacle is gone. Null: another writer was faster.</summary>
    public async ValueTask<byte[]?> FinishAsync(
        RequestContext context, ResourceDefinition definition, ApiObject item, StoredObject current, CancellationToken cancellationToken)
    {
        if (await services.Objects.DeleteAsync(definition, context, item, current, cancellationToken) is not { } revision)
            return null;
        await definition.Strategy.AfterDeleteAsync(context, item, cancellationToken);
        return StoredEnvelope.WithVersion(item.Bytes.Span, revision);
    }

    /// <summary>The way out for objects that cannot be read, for those who may: it passes finalizers and admission by (KEP-3926).</summary>
    private async ValueTask<DeleteResult> DeleteUnreadableAsync(
        RequestContext context, ResourceDefinition definition, string @namespace, string name, CancellationToken cancellationToken)
    {
        var asked = new AuthorizationAttributes
        {
            User = context.User,
            Verb = UnreadableVerb,
            Group = definition.Resource.Group,
            Version = definition.Resource.Version,
            Resource = definition.Resource.Resource,
            Namespace = @namespace,
            Name = name,
        };
        if ((await context.Server.Authorizer.AuthorizeAsync(asked, cancellationToken)).Decision != AuthorizationDecision.Allow)
            throw ApiErrors.Forbidden(definition.Resource, name, $"user \"{context.User.Name}\" has no permission to \"{UnreadableVerb}\" it");
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            switch (await services.Objects.DeleteUnreadableAsync(definition, @namespace, name, cancellationToken))
            {
                case true:
                    return new DeleteResult(ApiJson.Serialize(new Status { Kind = "Status", ApiVersion = "v1", Metadata = new ListMeta(), StatusValue = "Success" }), "", Removed: true);
                case false:
                    var errors = new FieldErrors();
                    errors.Invalid(FieldPath.Of(UnreadableOption), true, "is exclusively used to delete corrupt object(s), try again by removing this option");
                    throw ApiErrors.Invalid(definition.Kind, name, errors);
            }
        }

        throw ApiErrors.Modified(definition.Resource, name);
    }

    private async ValueTask<DeleteResult?> TryDeleteAsync(
        RequestContext context, ResourceDefinition definition, StoredObject current, DeleteOptions options, CancellationToken cancellationToken)
    {
        var old = current.Open();
        ObjectMetadata.TakeResourceVersion(old.Document);
        old.Changed();
        CheckPreconditions(definition, old, current, options);
        var attributes = AdmissionChain.Attributes(context, AdmissionOperation.Delete, definition, "", old.Namespace, old.Name, null, old, OptionsDocument(options));
        await services.Admission.MutateAsync(attributes, cancellationToken);
        await services.Admission.ValidateAsync(attributes, cancellationToken);

        var item = new ApiObject((JsonObject)old.Document.DeepClone());
        var plan = Plan(context, definition, item, options);
        if (plan == DeletionStep.Nothing)
            return new DeleteResult(current.Json, item.Uid, Removed: false);
        if (plan == DeletionStep.Remove)
        {
            if (context.DryRun)
                return new DeleteResult(current.Json, item.Uid, Removed: true);
            return await FinishAsync(context, definition, item, current, cancellationToken) is { } last ? new DeleteResult(last, item.Uid, Removed: true) : null;
        }

        item.Changed();
        if (context.DryRun)
            return new DeleteResult(StoredEnvelope.WithVersion(item.Bytes.Span, current.Revision), item.Uid, Removed: false);
        var changed = ChangedFields.Between(old.Document, item.Document);
        var stored = await services.Objects.UpdateAsync(definition, context, item, current, changed, cancellationToken);
        return stored is null ? null : new DeleteResult(stored.Json, item.Uid, Removed: false);
    }

    /// <summary>Decides what this delete does, and changes the document for a mark.</summary>
    private static DeletionStep Plan(RequestContext context, ResourceDefinition definition, ApiObject item, DeleteOptions options)
    {
        var document = item.Document;
        var finalizersChanged = SetPropagation(document, options);
        item.Changed();
        var graceful = definition.Strategy.PlanDeletion(item, options.GracePeriodSeconds);
        var hasObstacle = ObjectMetadata.HasFinalizers(document) || !definition.Strategy.MayBeRemoved(document);
        if (ObjectMetadata.IsBeingDeleted(document))
        {
            var period = ObjectMetadata.GracePeriod(document) ?? 0;
            var wanted = graceful.Graceful ? graceful.GraceSeconds : 0;
            if (!hasObstacle && (period == 0 || wanted == 0) && (!graceful.Graceful || wanted == 0))
                return DeletionStep.Remove;
            var shortened = wanted < period && (options.GracePeriodSeconds is not null || !graceful.Graceful);
            if (shortened)
                ShortenGrace(document, period, wanted);
            return shortened || finalizersChanged ? DeletionStep.Mark : DeletionStep.Nothing;
        }

        if (!hasObstacle && (!graceful.Graceful || graceful.GraceSeconds == 0))
            return DeletionStep.Remove;
        ObjectMetadata.MarkDeleted(document, context.Received, graceful.GraceSeconds);
        if (CreateWriter.TracksGeneration(definition))
            ObjectMetadata.Of(document)["generation"] = ObjectMetadata.Generation(document) + 1;
        definition.Strategy.PrepareForDeletion(context, document);
        return DeletionStep.Mark;
    }

    private static void ShortenGrace(JsonObject document, long period, long wanted)
    {
        var until = DateTimeOffset.Parse(ObjectMetadata.Text(document, "deletionTimestamp")!, System.Globalization.CultureInfo.InvariantCulture);
        ObjectMetadata.MarkDeleted(document, until.AddSeconds(-period), wanted);
    }

    /// <summary>The finalizers that the propagation policy stands for. True when they changed.</summary>
    private static bool SetPropagation(JsonObject document, DeleteOptions options)
    {
        var policy = options.PropagationPolicy ?? options.OrphanDependents switch { true => "Orphan", false => "Background", null => null };
        if (policy is null)
            return false;
        var metadata = ObjectMetadata.Of(document);
        var before = (metadata["finalizers"] as JsonArray ?? []).Select(one => one.Text()!).ToList();
        var after = before.Where(one => one is not (OrphanFinalizer or ForegroundFinalizer)).ToList();
        if (policy == "Orphan")
            after.Add(OrphanFinalizer);
        else if (policy == "Foreground")
            after.Add(ForegroundFinalizer);
        if (before.SequenceEqual(after))
            return false;
        if (after.Count == 0)
            metadata.Remove("finalizers");
        else
            metadata["finalizers"] = new JsonArray([.. after.Select(one => JsonValue.Create(one))]);
        return true;
    }

    private static void CheckOptions(RequestContext context, DeleteOptions options)
    {
        var errors = new FieldErrors();
        if (options.OrphanDependents is not null && options.PropagationPolicy is not null)
            errors.Invalid(FieldPath.Of("propagationPolicy"), options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
            errors.NotSupported(FieldPath.Of("propagationPolicy"), options.PropagationPolicy, "Foreground", "Background", "Orphan", "nil");
        if (options.IgnoreStoreReadErrorWithClusterBreakingPotential == true)
        {
            (string Name, bool IsSet)[] others =
            [
                ("dryRun", context.DryRun), ("propagationPolicy", options.PropagationPolicy is not null), ("orphanDependents", options.OrphanDependents is not null),
                ("gracePeriodSeconds", options.GracePeriodSeconds is not null), ("preconditions", options.Preconditions is not null),
            ];
            foreach (var (name, _) in others.Where(other => other.IsSet))
                errors.Invalid(FieldPath.Of(UnreadableOption), true, $"cannot be set together with .{name}");
        }

        if (errors.Count > 0)
            throw ApiErrors.Invalid(new("meta.k8s.io", "v1", "DeleteOptions"), "", errors);
    }

    private static void CheckPreconditions(ResourceDefinition definition, ApiObject item, StoredObject current, DeleteOptions options)
    {
        if (options.Preconditions?.Uid is { } uid && uid != item.Uid)
        {
            throw ApiErrors.Conflict(definition.Resource, item.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {item.Uid}");
        }

        if (options.Preconditions?.ResourceVersion is { } version && version != ObjectMetadata.Version(current.Revision))
        {
            throw ApiErrors.Conflict(definition.Resource, item.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {current.Revision}");
        }
    }

    private static JsonObject OptionsDocument(DeleteOptions options) =>
        (JsonObject)JsonNode.Parse(Api.Serialization.ApiJson.Serialize(options))!;

    private enum DeletionStep { Nothing, Mark, Remove }
}

/// <summary>Outcome of a delete.</summary>
/// <param name="Json">The object's last state, or its state while it dies.</param>
/// <param name="Removed">False while finalizers or a grace period keep it.</param>
internal readonly record struct DeleteResult(byte[] Json, string Uid, bool Removed);
