using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Tests.Framework;

public sealed class PlacementAlgorithmTests
{
    private readonly ClusterFixture cluster = new();

    [Test]
    public void Place_NoNodes_SaysSo() =>
        Assert.That(cluster.Place(cluster.Pod("a")).Describe(0), Is.EqualTo("no nodes available to schedule pods"));

    [Test]
    public void Place_OneNodeHasRoom_TakesIt()
    {
        cluster.With(ClusterFixture.Node("full", cpu: "1"), cluster.Pod("other", cpu: "900m")).With(ClusterFixture.Node("free", cpu: "1"));
        Assert.That(cluster.Place(cluster.Pod("a", cpu: "500m")).Node, Is.EqualTo("free"));
    }

    [Test]
    public void Place_NothingFits_CountsReasonsAsKubectlUsersKnowThem()
    {
        cluster.With(ClusterFixture.Node("n1", cpu: "1")).With(ClusterFixture.Node("n2", cpu: "1"))
            .With(ClusterFixture.Node("n3", cpu: "8", taints: new Taint { Key = "dedicated", Value = "db", Effect = "NoSchedule" }));
        var placement = cluster.Place(cluster.Pod("a", cpu: "2"));
        Assert.That(placement.Node, Is.Null);
        Assert.That(placement.Describe(3), Is.EqualTo("0/3 nodes are available: 1 node(s) had untolerated taint(s) {dedicated: db}, 2 Insufficient cpu."));
    }

    [Test]
    public void Place_InitContainerNeedsMoreThanApps_TheLargerCounts()
    {
        cluster.With(ClusterFixture.Node("small", cpu: "1")).With(ClusterFixture.Node("large", cpu: "4"));
        var init = cluster.Pod("init", cpu: "2").Spec!.Containers![0] with { Name = "init" };
        Assert.That(cluster.Place(cluster.Pod("a", cpu: "100m", spec: spec => spec with { InitContainers = [init] })).Node, Is.EqualTo("large"));
    }

    [Test]
    public void Place_CordonedNode_IsAvoided()
    {
        var cordoned = ClusterFixture.Node("cordoned");
        cluster.With(cordoned with { Spec = cordoned.Spec! with { Unschedulable = true } });
        Assert.That(cluster.Place(cluster.Pod("a")).Describe(1), Is.EqualTo("0/1 nodes are available: 1 node(s) were unschedulable."));
    }

    [Test]
    public void Place_Toleration_LetsThePodIn()
    {
        cluster.With(ClusterFixture.Node("n1", taints: new Taint { Key = "k", Value = "v", Effect = "NoExecute" }));
        var tolerant = cluster.Pod("a", spec: spec => spec with { Tolerations = [new Toleration { Key = "k", Operator = "Exists" }] });
        Assert.That(cluster.Place(tolerant).Node, Is.EqualTo("n1"));
    }

    [Test]
    public void Place_NodeSelectorAndAffinity_BothMustHold()
    {
        cluster.With(ClusterFixture.Node("ssd-a", labels: new() { ["disk"] = "ssd", ["zone"] = "a" }))
            .With(ClusterFixture.Node("ssd-b", labels: new() { ["disk"] = "ssd", ["zone"] = "b" }))
            .With(ClusterFixture.Node("hdd-b", labels: new() { ["disk"] = "hdd", ["zone"] = "b" }));
        var pod = cluster.Pod("a", spec: spec => spec with
        {
            NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" },
            Affinity = new Affinity
            {
                NodeAffinity = new NodeAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                    {
                        NodeSelectorTerms = [new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = "zone", Operator = "In", Values = ["b"] }] }],
                    },
                },
            },
        });
        Assert.That(cluster.Place(pod).Node, Is.EqualTo("ssd-b"));
    }

    [Test]
    public void Place_HostPortTaken_GoesElsewhere()
    {
        var withPort = (PodSpec spec) => spec with { Containers = [spec.Containers![0] with { Ports = [new ContainerPort { Port = 80, HostPort = 8080 }] }] };
        cluster.With(ClusterFixture.Node("n1"), cluster.Pod("first", spec: withPort)).With(ClusterFixture.Node("n2"));
        Assert.That(cluster.Place(cluster.Pod("second", spec: withPort)).Node, Is.EqualTo("n2"));
    }

    [Test]
    public void Place_PodsOfOneService_SpreadOverNodes()
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        cluster.DefaultSelectors.Add(LabelMatcher.Of(labels));
        cluster.With(ClusterFixture.Node("n1"), cluster.Pod("w1", cpu: "10m", labels: labels), cluster.Pod("w2", cpu: "10m", labels: labels))
            .With(ClusterFixture.Node("n2"), cluster.Pod("w3", cpu: "10m", labels: labels))
            .With(ClusterFixture.Node("n3"));
        for (var seed = 0; seed < 20; seed++)
            Assert.That(cluster.Place(cluster.Pod("w4", cpu: "10m", labels: labels), seed).Node, Is.EqualTo("n3"));
    }

    [Test]
    public void Place_HardSpreadConstraint_RefusesTooMuchSkew()
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        var constraint = new TopologySpreadConstraint
        {
            MaxSkew = 1,
            TopologyKey = "kubernetes.io/hostname",
            WhenUnsatisfiable = "DoNotSchedule",
            LabelSelector = new LabelSelector { MatchLabels = labels },
        };
        cluster.With(ClusterFixture.Node("n1"), cluster.Pod("w1", labels: labels)).With(ClusterFixture.Node("n2", cpu: "100m"));
        var placement = cluster.Place(cluster.Pod("w2", cpu: "1", labels: labels, spec: spec => spec with { TopologySpreadConstraints = [constraint] }));
        Assert.That(placement.Describe(2), Is.EqualTo("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints."));
    }

    [Test]
    public void Place_RequiredAntiAffinity_KeepsPodsApartBothWays()
    {
        var labels = new Dictionary<string, string> { ["app"] = "db" };
        var apart = (PodSpec spec) => spec with
        {
            Affinity = new Affinity
            {
                PodAntiAffinity = new PodAntiAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution =
                        [new PodAffinityTerm { TopologyKey = "kubernetes.io/hostname", LabelSelector = new LabelSelector { MatchLabels = labels } }],
                },
            },
        };
        cluster.With(ClusterFixture.Node("n1"), cluster.Pod("d1", labels: labels, spec: apart)).With(ClusterFixture.Node("n2"));
        Assert.That(cluster.Place(cluster.Pod("d2", labels: labels, spec: apart)).Node, Is.EqualTo("n2"));
        Assert.That(cluster.Place(cluster.Pod("plain", labels: labels)).Node, Is.EqualTo("n2"), "the running pod's own rule keeps a plain one away");
    }

    [Test]
    public void Place_RequiredAffinity_FirstOfItsGroupMayGoAnywhere()
    {
        var labels = new Dictionary<string, string> { ["app"] = "pair" };
        var together = (PodSpec spec) => spec with
        {
            Affinity = new Affinity
            {
                PodAffinity = new PodAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution =
                        [new PodAffinityTerm { TopologyKey = "kubernetes.io/hostname", LabelSelector = new LabelSelector { MatchLabels = labels } }],
                },
            },
        };
        cluster.With(ClusterFixture.Node("n1")).With(ClusterFixture.Node("n2"));
        Assert.That(cluster.Place(cluster.Pod("p1", labels: labels, spec: together)).Node, Is.Not.Null);
        var second = new ClusterFixture();
        second.With(ClusterFixture.Node("n1")).With(ClusterFixture.Node("n2"), second.Pod("p1", labels: labels));
        Assert.That(second.Place(second.Pod("p2", labels: labels, spec: together)).Node, Is.EqualTo("n2"));
    }

    [Test]
    public void Place_UnboundClaim_IsRefusedBeforeNodesAreLookedAt()
    {
        cluster.With(ClusterFixture.Node("n1")).With(new PersistentVolumeClaim { Metadata = new ObjectMeta { Name = "data" } });
        var pod = cluster.Pod("a", spec: spec => spec with
        {
            Volumes = [new Volume { Name = "v", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "data" } }],
        });
        Assert.That(cluster.Place(pod).Describe(1), Is.EqualTo("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."));
    }

    [Test]
    public void Place_SameSeed_MakesTheSameChoices()
    {
        for (var i = 0; i < 30; i++)
            cluster.With(ClusterFixture.Node($"n{i:00}"));
        var pod = cluster.Pod("a");
        var bySeed = Enumerable.Range(0, 20).Select(seed => cluster.Place(pod, seed).Node).ToList();
        Assert.That(Enumerable.Range(0, 20).Select(seed => cluster.Place(pod, seed).Node), Is.EqualTo(bySeed));
        Assert.That(bySeed.Distinct().Count(), Is.GreaterThan(1), "ties are broken at random");
    }

    [TestCase(3, 3)]
    [TestCase(99, 99)]
    [TestCase(500, 230)]
    [TestCase(5000, 500)]
    [TestCase(20000, 1000)]
    public void FeasibleWanted_ManyNodes_StopsEarly(int nodes, int wanted) =>
        Assert.That(PlacementAlgorithm.FeasibleWanted(nodes), Is.EqualTo(wanted));
}
