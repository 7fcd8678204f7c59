using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Simulation.Workload;

/// <summary>What the user wants a Deployment to be.</summary>
internal sealed record DeploymentIntent(string Name, int Replicas, int Version, int MaxSurge, int MaxUnavailable, int MinReadySeconds, bool IsRecreated)
{
    public Deployment ToObject()
    {
        var labels = new Dictionary<string, string> { ["app"] = Name };
        return new Deployment
        {
            Metadata = new ObjectMeta { Name = Name, Namespace = User.Namespace, Labels = labels },
            Spec = new DeploymentSpec
            {
                Replicas = Replicas, MinReadySeconds = MinReadySeconds, Selector = new LabelSelector { MatchLabels = labels },
                RevisionHistoryLimit = 3, Template = Template(labels), Strategy = Strategy(),
            },
        };
    }

    /// <summary>The same object with what the user wants changed of it.</summary>
    public Deployment ApplyTo(Deployment present) => present with
    {
        Spec = present.Spec! with { Replicas = Replicas, Template = Template(new Dictionary<string, string> { ["app"] = Name }) },
    };

    private PodTemplateSpec Template(Dictionary<string, string> labels) => new()
    {
        Metadata = new ObjectMeta { Labels = labels },
        Spec = new PodSpec
        {
            TerminationGracePeriodSeconds = 5,
            Containers = [new Container { Name = "main", Image = $"registry.local/app:v{Version}" }],
        },
    };

    private DeploymentStrategy Strategy() => IsRecreated
        ? new DeploymentStrategy { Type = "Recreate" }
        : new DeploymentStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateDeployment { MaxSurge = MaxSurge, MaxUnavailable = MaxUnavailable },
        };
}
