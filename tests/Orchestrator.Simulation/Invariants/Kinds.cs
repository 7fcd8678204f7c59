namespace Orchestrator.Simulation.Invariants;

/// <summary>Where kinds are in the store.</summary>
internal static class Kinds
{
    public const string Pods = "/registry/pods/";
    public const string ReplicaSets = "/registry/apps/replicasets/";
    public const string Deployments = "/registry/apps/deployments/";
}
