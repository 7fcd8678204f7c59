using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Simulation.Tests;

/// <summary>The invariants over objects can fail: each is shown the history of a cluster with the bug it is there for.</summary>
public sealed class RuleTests
{
    private Pump pump = null!;
    private MemoryStore store = null!;
    private ClusterLog log = null!;
    private SimulatedProcess writer = null!;

    [SetUp]
    public void SetUp()
    {
        pump = new Pump(new Seeds(1));
        writer = new SimulatedProcess(pump, "writer");
        store = new MemoryStore(writer.Clock);
        log = new ClusterLog(pump, store, 1, []);
    }

    [TearDown]
    public async Task TearDown() => await store.DisposeAsync();

    [Test]
    public void Pod_ThatMovesToAnotherNode_IsFound()
    {
        _ = new BindingRule(pump, log);
        Put("/registry/pods/default/a", NewPod("a", node: "node-1"));
        Assert.That(() => Put("/registry/pods/default/a", NewPod("a", node: "node-2")), Breaks("no pod is bound twice"));
    }

    [Test]
    public void Object_ThatIsBeingDeletedAndStays_IsFound()
    {
        _ = new DeletionRule(pump, log);
        var going = NewReplicaSet(replicas: 1);
        Assert.That(
            () => Put("/registry/apps/replicasets/default/set", going with { Metadata = going.Metadata with { DeletionTimestamp = writer.Clock.GetUtcNow() } }),
            Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Object_ThatComesBackToLife_IsFound()
    {
        _ = new DeletionRule(pump, log);
        var pod = NewPod("a");
        Put("/registry/pods/default/a", pod with { Metadata = pod.Metadata with { DeletionTimestamp = writer.Clock.GetUtcNow() } });
        Assert.That(() => Put("/registry/pods/default/a", pod), Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Services_WithOneAddress_AreFound()
    {
        _ = new AddressRule(pump, log);
        Put("/registry/services/default/a", NewService("a"));
        Assert.That(() => Put("/registry/services/default/b", NewService("b")), Breaks("no address is given out twice"));
    }

    [Test]
    public void Nodes_WithOneRange_AreFound()
    {
        _ = new AddressRule(pump, log);
        Put("/registry/nodes/a", NewNode("a", "10.244.0.0/24"));
        Put("/registry/nodes/b", NewNode("b", "10.244.1.0/24"));
        Assert.That(() => Put("/registry/nodes/c", NewNode("c", "10.244.0.0/24")), Breaks("no address is given out twice"));
    }

    private void Put<T>(string key, T item)
        where T : Api.KubernetesObject
    {
        byte[] value = [.. ApiJson.Serialize(item), (byte)'\n', (byte)'{', (byte)'}'];
        writer.Start(async () => await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(key, value)]), CancellationToken.None));
        pump.RunFor(TimeSpan.FromSeconds(1));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Breaks(string rule) =>
        Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo(rule);

    private static Pod NewPod(string name, string? node = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = "uid-" + name,
            OwnerReferences = [new OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "set", Uid = "uid-set", Controller = true }],
        },
        Spec = new PodSpec { NodeName = node },
    };

    private static ReplicaSet NewReplicaSet(int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = "set", Namespace = "default", Uid = "uid-set" }, Spec = new ReplicaSetSpec { Replicas = replicas },
    };

    private static Service NewService(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "uid-" + name }, Spec = new ServiceSpec { ClusterIP = "10.96.0.7" },
    };

    private static Node NewNode(string name, string range) => new()
    {
        Metadata = new ObjectMeta { Name = name, Uid = "uid-" + name }, Spec = new NodeSpec { PodCIDR = range, PodCIDRs = [range] },
    };
}
