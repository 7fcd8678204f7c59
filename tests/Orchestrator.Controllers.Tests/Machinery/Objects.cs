using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Controllers.Tests.Machinery;

/// <summary>Objects for tests, as an API server would have defaulted them.</summary>
internal static class Objects
{
    public static readonly IReadOnlyDictionary<string, string> App = new Dictionary<string, string> { ["app"] = "web" };

    public static PodTemplateSpec Template(string image = "web:1") => new()
    {
        Metadata = new ObjectMeta { Labels = App },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = image }], RestartPolicy = "Always" },
    };

    public static ReplicaSet ReplicaSet(int replicas, string name = "web") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ReplicaSetSpec { Replicas = replicas, Selector = new LabelSelector { MatchLabels = App }, Template = Template() },
    };

    public static Deployment Deployment(int replicas, IntOrString? maxSurge = null, IntOrString? maxUnavailable = null) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Spec = new DeploymentSpec
        {
            Replicas = replicas, Selector = new LabelSelector { MatchLabels = App }, Template = Template(), ProgressDeadlineSeconds = 600,
            RevisionHistoryLimit = 10,
            Strategy = new DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateDeployment { MaxSurge = maxSurge ?? "25%", MaxUnavailable = maxUnavailable ?? "25%" },
            },
        },
    };

    public static Pod Pod(
        string name, string phase = "Running", bool ready = true, string? node = "n1", DateTimeOffset? readySince = null, int restarts = 0,
        string? cost = null, DateTimeOffset? created = null) => new()
        {
            Metadata = new ObjectMeta
            {
                Name = name, Namespace = "default", Uid = name, Labels = App, CreationTimestamp = created,
                Annotations = cost is null ? null : new Dictionary<string, string> { ["controller.kubernetes.io/pod-deletion-cost"] = cost },
            },
            Spec = new PodSpec { NodeName = node, Containers = [new Container { Name = "c", Image = "web:1" }] },
            Status = new PodStatus
            {
                Phase = phase, Conditions = [new PodCondition { Type = "Ready", Status = ready ? "True" : "False", LastTransitionTime = readySince }],
                ContainerStatuses = [new ContainerStatus { Name = "c", RestartCount = restarts }],
            },
        };
}
