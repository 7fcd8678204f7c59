namespace Orchestrator.Simulation.Workload;

/// <summary>One thing a user does. Each can be done again without harm, because an error does not say that it was not done.</summary>
internal abstract record UserAction
{
    public sealed record Put(DeploymentIntent Intent) : UserAction;

    public sealed record Remove(string Deployment, string Propagation) : UserAction;

    /// <param name="Draw">Which of the pods there are, as a fraction.</param>
    public sealed record KillPod(double Draw, bool AtOnce) : UserAction;

    public sealed record Expose(string Deployment) : UserAction;

    public sealed record Hide(string Deployment) : UserAction;

    public sealed record Cordon(string Node, bool Unschedulable) : UserAction;

    /// <summary>Adds one to a number that is kept in a ConfigMap: a lost update would show.</summary>
    public sealed record Count : UserAction;
}
