using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// The rules of one kind (or of one subresource of it, such as status): what is set and what is refused on the way to the store.
/// Stateless; called concurrently. Derive from <see cref="ResourceStrategy{T}"/>.
/// </summary>
/// <remarks>
/// The machinery itself takes care of: schema defaults, name, uid, creationTimestamp, resourceVersion, generation, finalizers and
/// deletion, managed fields; <c>status</c> of a kind with a status subresource is dropped on create and kept as stored on update,
/// while an update of the status keeps everything but <c>status</c> and metadata as stored.
/// </remarks>
public abstract class ResourceStrategy
{
    /// <summary>Bumps metadata.generation when anything but metadata and status changes. Null: when the kind has spec and status.</summary>
    public virtual bool? TracksGeneration => null;

    /// <summary>A PUT of a name that does not exist creates it (leases, endpoints, events...).</summary>
    public virtual bool AllowsCreateOnUpdate => false;

    /// <summary>An update without metadata.resourceVersion is accepted and overwrites.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>The status given with a create is kept rather than dropped.</summary>
    public virtual bool KeepsStatusOnCreate => false;

    /// <summary>How metadata.name is checked; returns a message for each fault. Default: DNS subdomain.</summary>
    public virtual string? CheckName(string name, bool isPrefix) => NameRules.DnsSubdomain(name, isPrefix);

    /// <summary>
    /// Defaults that no attribute can express (one field from another). Runs after the schema's defaults on every decoded body and
    /// patch result; must be idempotent.
    /// </summary>
    public virtual void SetDefaults(JsonObject document)
    {
    }

    /// <summary>Clears or sets what clients may not choose. Runs once before validation.</summary>
    public virtual void PrepareForCreate(RequestContext context, JsonObject document)
    {
    }

    /// <summary>Like <see cref="PrepareForCreate"/>, with the stored object at hand. May run again when another writer was faster.</summary>
    public virtual void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
    }

    /// <summary>
    /// Work with side effects that must precede a create, such as allocating a ClusterIP; what it returns is disposed when the
    /// create fails or is a dry run (undo), and simply dropped when it succeeded.
    /// </summary>
    public virtual ValueTask<IAsyncDisposable?> BeginCreateAsync(RequestContext context, ApiObject item, CancellationToken cancellationToken) => default;

    /// <summary>Like <see cref="BeginCreateAsync"/> for updates.</summary>
    public virtual ValueTask<IAsyncDisposable?> BeginUpdateAsync(RequestContext context, ApiObject item, ApiObject old, CancellationToken cancellationToken) => default;

    /// <summary>Runs after an object is gone from the store, such as releasing its ClusterIP.</summary>
    public virtual ValueTask AfterDeleteAsync(RequestContext context, ApiObject old, CancellationToken cancellationToken) => default;

    /// <summary>
    /// How an object of this kind dies. Pods answer with the grace period (from the options or their spec); the default is at once.
    /// </summary>
    public virtual GracefulDeletion PlanDeletion(ApiObject item, long? requestedGraceSeconds) => GracefulDeletion.Immediate;

    /// <summary>
    /// Changes the object when its deletion is first marked (a namespace becomes Terminating). Runs on the stored document.
    /// </summary>
    public virtual void PrepareForDeletion(RequestContext context, JsonObject document)
    {
    }

    /// <summary>False keeps an object that is being deleted although metadata.finalizers is empty (a namespace's spec.finalizers).</summary>
    public virtual bool MayBeRemoved(JsonObject document) => true;

    /// <summary>A removal is answered with a Status rather than with the object's last state. Pods and a few others send the object.</summary>
    public virtual bool ReportsDeletionAsStatus => true;

    /// <summary>Finalizers set by the propagation policy when the client names none: garbage collection's default for the kind.</summary>
    public virtual string DefaultPropagationPolicy => "Background";

    /// <summary>Text shown to the client besides success, such as the use of a deprecated field.</summary>
    public virtual IEnumerable<string> Warnings(ApiObject item, ApiObject? old) => [];

    public abstract void ValidateCreate(RequestContext context, ApiObject item, FieldErrors errors);

    public abstract void ValidateUpdate(RequestContext context, ApiObject item, ApiObject old, FieldErrors errors);
}

/// <summary>A strategy that validates the typed record. Without overrides it accepts everything.</summary>
public class ResourceStrategy<T> : ResourceStrategy
    where T : KubernetesObject
{
    /// <summary>Checks an object on its own; every fault goes to <paramref name="errors"/>.</summary>
    protected virtual void Validate(T item, FieldErrors errors)
    {
    }

    /// <summary>Checks what may change. <see cref="Validate(T, FieldErrors)"/> has run before.</summary>
    protected virtual void ValidateChange(T item, T old, FieldErrors errors)
    {
    }

    public override void ValidateCreate(RequestContext context, ApiObject item, FieldErrors errors) => Validate(item.As<T>(), errors);

    public override void ValidateUpdate(RequestContext context, ApiObject item, ApiObject old, FieldErrors errors)
    {
        Validate(item.As<T>(), errors);
        ValidateChange(item.As<T>(), old.As<T>(), errors);
    }
}

/// <summary>How an object dies.</summary>
/// <param name="Graceful">True: mark it (deletionTimestamp, grace period) and leave its removal to whoever runs it.</param>
/// <param name="GraceSeconds">Grace period; 0 removes at once.</param>
public readonly record struct GracefulDeletion(bool Graceful, long GraceSeconds)
{
    public static GracefulDeletion Immediate => default;

    public static GracefulDeletion After(long graceSeconds) => new(true, graceSeconds);
}
