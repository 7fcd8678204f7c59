namespace Orchestrator.Kubelet.Tests;

/// <summary>Pods for tests.</summary>
internal static class Make
{
    public static Pod Pod(string name, params Container[] containers) => new()
    {
        Metadata = new() { Name = name, Namespace = "default" },
        Spec = new()
        {
            NodeName = TestKubelet.NodeName, RestartPolicy = "Always", TerminationGracePeriodSeconds = 30, DnsPolicy = "ClusterFirst",
            Containers = containers.Length > 0 ? containers : [Container("app")],
        },
    };

    public static Container Container(string name) => new() { Name = name, Image = "busybox:1", ImagePullPolicy = "IfNotPresent" };

    public static Pod With(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec!) };
}
