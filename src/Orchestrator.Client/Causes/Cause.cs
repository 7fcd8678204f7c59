namespace Orchestrator.Client.Causes;

/// <summary>
/// Why a write happens: which controller's reconcile of which object, triggered by which revisions. Travels with each write in the
/// header <see cref="HeaderName"/> as JSON and is stored by the API server atomically with the write.
/// </summary>
/// <param name="Controller">E.g. "replicaset", "scheduler", "kubelet/node1".</param>
/// <param name="ReconcileId">Unique per reconcile of this process.</param>
/// <param name="Object">What was reconciled, e.g. "apps/v1/replicasets/default/web-5d4f".</param>
/// <param name="Triggers">Resource versions (of whatever kinds) that put the key in the queue, at most 16.</param>
public sealed record Cause(string Controller, string ReconcileId, string Object, IReadOnlyList<long> Triggers)
{
    public const string HeaderName = "X-Orchestrator-Cause";

    private static readonly AsyncLocal<Cause?> CurrentCause = new();

    /// <summary>The cause of what the current asynchronous flow does; the client sends it with writes.</summary>
    public static Cause? Current
    {
        get => CurrentCause.Value;
        set => CurrentCause.Value = value;
    }
}
