using Orchestrator.Api;

namespace Orchestrator.Client.Reconciling;

/// <summary>
/// Brings the world closer to what one object wants. Reads listers, decides purely, then writes; called again whenever something it
/// depends on may have changed, and never twice at once for one key. An exception means: again, after a growing delay. A
/// <see cref="TerminalException"/> means: not before the object changes.
/// </summary>
public interface IReconciler
{
    Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken);
}

/// <param name="RequeueAfter">Look again after this time even if nothing changes; null: only when something does.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter)
{
    public static ReconcileResult Done => default;

    public static ReconcileResult After(TimeSpan delay) => new(delay);

    public static ReconcileResult DoneOrAfter(TimeSpan? delay) => new(delay);
}

/// <summary>Trying again is of no use until the object changes. The message is for the object's author.</summary>
public sealed class TerminalException(string message, Exception? innerException = null) : Exception(message, innerException);
