using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client.Causes;
using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Simulation.Tests;

/// <summary>The bounds of replicas: what a controller may make of what it knows, and each excuse only as far as it goes.</summary>
public sealed class ReplicaRuleTests
{
    private const string Replicas = "never more replicas than allowed";
    private const string Surge = "a rollout stays within its maxSurge";
    private const string SetObject = "apps/v1/replicasets/default/set";
    private const string DeploymentObject = "apps/v1/deployments/default/app";

    private Pump pump = null!;
    private MemoryStore store = null!;
    private SimulatedProcess writer = null!;
    private SimulatedProcess controllers = null!;
    private ControllerViews views = null!;
    private long revision;

    [SetUp]
    public void SetUp()
    {
        pump = new Pump(new Seeds(1));
        writer = new SimulatedProcess(pump, "writer");
        controllers = new SimulatedProcess(pump, "controllers-1");
        store = new MemoryStore(writer.Clock);
        views = new ControllerViews();
        var log = new ClusterLog(pump, store, 1, []);
        log.Committed += batch => revision = batch.Revision;
        _ = new ReplicaRule(pump, log, views);
        _ = new SurgeRule(pump, log, views);
    }

    [TearDown]
    public async Task TearDown() => await store.DisposeAsync();

    [Test]
    public void PodTooMany_OfNobody_IsFound()
    {
        Put(Set(size: 2));
        Put(Pod("a"));
        Put(Pod("b"));
        Assert.That(() => Put(Pod("c")), Breaks(Replicas));
    }

    [Test]
    public void PodBeyondASizeThatItsControllerHasSeenShrink_IsFound()
    {
        Put(Set(size: 2));
        Put(Pod("a"));
        Put(Set(size: 1));
        SeeAll();
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Breaks(Replicas));
    }

    [Test]
    public void PodBeyondASizeThatItsControllerHasNotSeenShrink_IsExcused()
    {
        Put(Set(size: 2));
        Put(Pod("a"));
        SeeAll();
        Put(Set(size: 1));
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Throws.Nothing);
    }

    [Test]
    public void PodBesideOneThatItsControllerHasNotSeen_IsExcusedUntilItHas()
    {
        Put(Set(size: 1));
        SeeAll();
        Put(Pod("a"));
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Throws.Nothing);
        SeeAll();
        Plan("replicaset-2");
        Assert.That(() => Put(Pod("c"), "replicaset-2"), Breaks(Replicas));
    }

    [Test]
    public void PodBesideOneThatItsControllerWasToldItMade_IsFound()
    {
        Put(Set(size: 1));
        SeeAll();
        Put(Pod("a"));
        Hear("POST", "/api/v1/namespaces/default/pods", Answer("Pod", "a"));
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Breaks(Replicas));
    }

    [Test]
    public void PodThatAPlanHasNoRoomFor_IsFound()
    {
        Put(Set(size: 1));
        SeeAll();
        Plan("replicaset-1");
        Put(Pod("a"), "replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Breaks(Replicas));
    }

    [Test]
    public void PodOfASecondTerm_IsJudgedByWhatWasKnownInIt()
    {
        Put(Set(size: 2));
        Put(Pod("a"));
        SeeAll();
        Plan("replicaset-1");
        Put(Set(size: 1));
        SeeAll();
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("b"), "replicaset-1"), Throws.Nothing, "it may be the first one's");
        Put(Set(size: 2));
        SeeAll();
        Plan("replicaset-1");
        Put(Set(size: 4));
        SeeAll();
        Plan("replicaset-1");
        Assert.That(() => Put(Pod("c"), "replicaset-1"), Throws.Nothing);
    }

    [TestCase(503)]
    [TestCase(409)]
    public void PodMadeAgainAfterAnAnswer_IsExcusedIfThatLeftItOpen(int status)
    {
        var creations = new LostCreations();
        creations.LeftOpen += views.LeftOpen;
        Put(Set(size: 1));
        SeeAll();
        var creation = Plan("replicaset-1");
        Put(Pod("a"), "replicaset-1");
        creations.Began(creation);
        creations.Answered(creation, status);
        Assert.That(() => Put(Pod("b"), "replicaset-1"), status == 503 ? Throws.Nothing : Breaks(Replicas));
    }

    [Test]
    public void ReplicaSetBeyondTheSurge_IsFound()
    {
        Put(Deployment(size: 3, surge: 1));
        Put(Set(size: 3, name: "old", owner: "app"));
        SeeAll();
        Plan("deployment-1", DeploymentObject);
        Put(Set(size: 1, owner: "app"), "deployment-1", DeploymentObject);
        Assert.That(() => Put(Set(size: 2, owner: "app"), "deployment-1", DeploymentObject), Breaks(Surge));
    }

    [Test]
    public void ReplicaSetOfASizeThatTheDeploymentHadAsFarAsItsControllerKnew_IsExcused()
    {
        Put(Deployment(size: 3, surge: 0));
        SeeAll();
        Put(Deployment(size: 1, surge: 0));
        Plan("deployment-1", DeploymentObject);
        Assert.That(() => Put(Set(size: 3, owner: "app"), "deployment-1", DeploymentObject), Throws.Nothing);
        SeeAll();
        Plan("deployment-2", DeploymentObject);
        Assert.That(() => Put(Set(size: 4, owner: "app"), "deployment-2", DeploymentObject), Breaks(Surge));
    }

    /// <summary>The controller's caches hold everything there is.</summary>
    private void SeeAll()
    {
        foreach (var path in (string[])["/api/v1/pods", "/apis/apps/v1/replicasets", "/apis/apps/v1/deployments"])
            Hear("GET", path + "?resourceVersion=0", Answer("List", ""));
    }

    private void Hear(string method, string path, string body)
    {
        var exchange = Send(method, path, null);
        views.Arrived(exchange, System.Text.Encoding.UTF8.GetBytes(body));
        views.Ended(exchange);
    }

    private string Answer(string kind, string name) => $$$"""{"kind":"{{{kind}}}","metadata":{"resourceVersion":"{{{revision}}}","name":"{{{name}}}"}}""";

    /// <summary>A reconcile sends its first write.</summary>
    private Exchange Plan(string id, string item = SetObject) => Send("POST", "/api/v1/namespaces/default/pods", new Cause("controller", id, item, []));

    private Exchange Send(string method, string path, Cause? cause)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), "https://cluster.local" + path);
        if (cause is not null)
            request.Headers.Add(Cause.HeaderName, CauseHeader.Format(cause));
        var slot = new ServerSlot("server-1");
        var board = new Switchboard(pump, new Random(1), [slot], null!);
        return new Exchange(request, controllers, slot, board.Between("controllers-1", slot), [], null!, views);
    }

    private void Put<T>(T item, string? id = null, string of = SetObject)
        where T : KubernetesObject
    {
        var cause = id is null ? "{}" : $$$"""{"cause":{{{CauseHeader.Format(new Cause("controller", id, of, []))}}}}""";
        var prefix = item is Pod ? Kinds.Pods : item is ReplicaSet ? Kinds.ReplicaSets : Kinds.Deployments;
        byte[] value = [.. ApiJson.Serialize(item), (byte)'\n', .. System.Text.Encoding.UTF8.GetBytes(cause)];
        writer.Start(async () => await store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"{prefix}default/{item.Metadata.Name}", value)]), CancellationToken.None));
        pump.RunFor(TimeSpan.FromSeconds(5));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Breaks(string rule) =>
        Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo(rule);

    private static Pod Pod(string name) => new() { Metadata = Metadata(name, "ReplicaSet", "set") };

    private static ReplicaSet Set(int size, string name = "set", string? owner = null) =>
        new() { Metadata = Metadata(name, "Deployment", owner), Spec = new ReplicaSetSpec { Replicas = size } };

    private static Deployment Deployment(int size, int surge) => new()
    {
        Metadata = Metadata("app", "", null),
        Spec = new DeploymentSpec
        {
            Replicas = size, Strategy = new DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = surge } },
        },
    };

    private static ObjectMeta Metadata(string name, string ownerKind, string? owner) => new()
    {
        Name = name, Namespace = "default", Uid = "uid-" + name,
        OwnerReferences = owner is null ? null : [new OwnerReference { ApiVersion = "apps/v1", Kind = ownerKind, Name = owner, Uid = "uid-" + owner, Controller = true }],
    };
}
