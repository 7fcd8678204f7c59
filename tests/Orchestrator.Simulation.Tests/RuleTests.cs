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
    public void Pod_ThatBecomesAnother_IsFound()
    {
        _ = new BindingRule(pump, log);
        var pod = NewPod("a", node: "node-1");
        Put("/registry/pods/default/a", pod);
        Assert.That(() => Put("/registry/pods/default/a", pod with { Metadata = pod.Metadata with { Uid = "uid-b" } }), Breaks("no pod is bound twice"));
    }

    [Test]
    public void Revision_ThatIsLeftOut_IsFound()
    {
        _ = new ClusterLog(pump, new LyingStore(store) { SkipsBatch = 2 }, 1, []);
        Put("/registry/pods/default/a", NewPod("a"));
        Put("/registry/pods/default/b", NewPod("b"));
        Assert.That(() => Put("/registry/pods/default/c", NewPod("c")), Breaks("revisions only grow"));
    }

    [Test]
    public void WatchOfTheStore_ThatStands_IsFound()
    {
        var audit = new StoreAudit(pump, log);
        var transaction = StoreTransaction.Create("/registry/pods/default/a", new byte[] { 1 });
        writer.Start(async () =>
        {
            audit.WatchBegan("/registry/", 2);
            audit.Committing(transaction);
            await store.CommitAsync(transaction, CancellationToken.None);
        });
        pump.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(audit.Behind(log.Revision), Has.One.EqualTo("the watch of /registry/ of writer stands at revision 1 and lacks /registry/pods/default/a at 2"));
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
        var pod = NewPod("a", node: "node-1");
        Put("/registry/pods/default/a", Going(pod));
        Assert.That(() => Put("/registry/pods/default/a", pod), Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Object_ThatGetsAFinalizerWhileItGoes_IsFound()
    {
        _ = new DeletionRule(pump, log);
        var pod = Going(NewPod("a", node: "node-1"));
        Put("/registry/pods/default/a", pod);
        Assert.That(
            () => Put("/registry/pods/default/a", pod with { Metadata = pod.Metadata with { Finalizers = ["example.org/wait"] } }),
            Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Pod_ThatIsBeingDeletedAndStays_IsFound([Values] bool isOnANode)
    {
        _ = new DeletionRule(pump, log);
        var pod = isOnANode ? Going(NewPod("a", node: "node-1"), grace: 0) : Going(NewPod("a"));
        Assert.That(() => Put("/registry/pods/default/a", pod), Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Namespace_ThatIsEmptiedAndStays_IsFound()
    {
        _ = new DeletionRule(pump, log);
        var space = new Namespace { Metadata = new ObjectMeta { Name = "a", Uid = "uid-a", DeletionTimestamp = writer.Clock.GetUtcNow() } };
        Put("/registry/namespaces/a", space with { Spec = new NamespaceSpec { Finalizers = ["kubernetes"] } });
        Assert.That(() => Put("/registry/namespaces/a", space with { Spec = new NamespaceSpec() }), Breaks("what is being deleted goes away"));
    }

    [Test]
    public void Object_ThatCannotBeRead_IsFound()
    {
        _ = new DeletionRule(pump, log);
        Assert.That(() => Put("/registry/pods/default/a", [1, .. ApiJson.Serialize(NewPod("a"))]), Breaks("what is being deleted goes away"));
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
        where T : Api.KubernetesObject => Put(key, [.. ApiJson.Serialize(item), (byte)'\n', (byte)'{', (byte)'}']);

    private void Put(string key, byte[] value)
    {
        writer.Start(async () => await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(key, value)]), CancellationToken.None));
        pump.RunFor(TimeSpan.FromSeconds(1));
    }

    private Pod Going(Pod pod, long grace = 5) =>
        pod with { Metadata = pod.Metadata with { DeletionTimestamp = writer.Clock.GetUtcNow(), DeletionGracePeriodSeconds = grace } };

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
