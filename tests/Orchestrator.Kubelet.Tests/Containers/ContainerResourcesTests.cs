using System.Net;
using Orchestrator.Kubelet.Resources;

namespace Orchestrator.Kubelet.Tests.Containers;

public sealed class ContainerResourcesTests
{
    private static readonly KubeletOptions Options = new() { NodeName = "n", RootDirectory = "/r", LogDirectory = "/l", NodeIp = IPAddress.Loopback };

    [TestCase(0, 2)]
    [TestCase(1, 2)]
    [TestCase(250, 256)]
    [TestCase(1000, 1024)]
    [TestCase(1_000_000, 262_144)]
    public void Shares_OfMilliCpu(long milli, long shares) => Assert.That(ContainerResources.SharesOf(milli), Is.EqualTo(shares));

    [TestCase(0, 0)]
    [TestCase(5, 1000)]
    [TestCase(500, 50_000)]
    public void Quota_OfMilliCpu(long milli, long quota) => Assert.That(ContainerResources.QuotaOf(milli), Is.EqualTo(quota));

    [Test]
    public void ForPod_OneContainerUnlimited_LiftsTheLimitOfThePod()
    {
        var limited = Make.Container("a") with { Resources = Limits("100m", "10Mi") };
        Assert.That(ContainerResources.ForPod(Make.Pod("p", limited, limited with { Name = "b" }), Options).MemoryLimitBytes, Is.EqualTo(20 << 20));
        Assert.That(ContainerResources.ForPod(Make.Pod("p", limited, Make.Container("b")), Options).MemoryLimitBytes, Is.Zero);
    }

    [Test]
    public void PodRequest_SidecarsCountBesideAppsAndLaterInitContainers()
    {
        var sidecar = Make.Container("s") with { RestartPolicy = "Always", Resources = Requests("100m") };
        var init = Make.Container("i") with { Resources = Requests("500m") };
        var pod = Make.Pod("p", Make.Container("a") with { Resources = Requests("200m") }).With(spec => spec with { InitContainers = [sidecar, init] });
        Assert.That(ContainerResources.PodRequest(pod, "cpu"), Is.EqualTo(600));
        Assert.That(ContainerResources.PodRequest(pod.With(spec => spec with { InitContainers = [init with { Resources = Requests("50m") }, sidecar] }), "cpu"), Is.EqualTo(300));
    }

    [TestCase(null, 1000)]
    [TestCase("1Gi", 875)]
    public void OomScore_GrowsAsTheRequestShrinks(string? request, long expected)
    {
        var container = Make.Container("a") with { Resources = request is null ? null : new() { Requests = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse(request) } } };
        Assert.That(ContainerResources.OomScoreAdjust(Make.Pod("p", container), container, 8L << 30), Is.EqualTo(expected));
    }

    private static ResourceRequirements Limits(string cpu, string memory) =>
        new() { Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse(memory) } };

    private static ResourceRequirements Requests(string cpu) => new() { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu) } };
}
