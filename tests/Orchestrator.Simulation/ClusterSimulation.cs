using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Faults;
using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Simulation.Storage;
using Orchestrator.Simulation.Workload;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Simulation;

/// <summary>
/// One run of a whole cluster in one thread: API servers over one store, two controller managers, two schedulers, hollow kubelets
/// and a user, drawn from a seed and checked at each step.
/// </summary>
internal sealed class ClusterSimulation : IDisposable
{
    private static readonly IReadOnlyList<string> Nodes = [.. Enumerable.Range(0, 3).Select(HollowKubelet.NameOf)];

    /// <summary>How long a cluster without faults may take to come to rest. Backoffs, node grace periods and evictions are within it.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(20);

    /// <summary>It must stay at rest for this long: nodes that are not heard of are found, leaders that are not are replaced.</summary>
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan ShortRest = TimeSpan.FromSeconds(10);

    /// <summary>How long a cluster at rest may take to do what a user asks for.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);

    /// <summary>How long a watch may take to deliver what there is, when nothing fails.</summary>
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(5);

    private readonly Pump pump;
    private readonly SimulationOptions options;
    private readonly SigningKeys keys = SigningKeys.Create();
    private readonly ClusterLog log;
    private readonly FinalState final;
    private readonly FaultInjector faults;
    private readonly StoreAudit storeAudit;
    private readonly WireAudit wireAudit;
    private readonly Probe probe;
    private readonly User user;
    private readonly Script script;
    private readonly List<ApiServerComponent> servers = [];
    private readonly List<IComponent> others = [];

    public ClusterSimulation(SimulationOptions options)
    {
        this.options = options;
        var seeds = new Seeds(options.Seed);
        pump = new Pump(seeds);
        var engine = new SimulatedProcess(pump, "store");
        var memory = new MemoryStore(engine.Clock);
        log = new ClusterLog(pump, memory, 1, []);
        storeAudit = new StoreAudit(pump, log);
        var store = new AuditedStore(options.Sabotage.Store?.Invoke(memory) ?? memory, storeAudit);
        wireAudit = new WireAudit(pump, log, storeAudit, () => CompactedRevision(memory));
        _ = new BindingRule(pump, log);
        _ = new AddressRule(pump, log);
        var views = new ControllerViews();
        wireAudit.Creations.LeftOpen += views.LeftOpen;
        _ = new ReplicaRule(pump, log, views);
        _ = new SurgeRule(pump, log, views);
        var deletions = new DeletionRule(pump, log);

        script = Script.Draw(seeds.For("users"), options.Time, Nodes.Count);
        var draw = seeds.For("faults");
        var plan = options.HasFaults ? FaultPlan.Draw(draw) : FaultPlan.None;
        var slots = Enumerable.Range(0, 2 + (seeds.Number("servers") % 2)).Select(index => new ServerSlot($"server-{index + 1}")).ToList();
        var state = new ClusterState(log);
        final = new FinalState(state, deletions, script, Nodes, slots.Count);
        var board = new Switchboard(pump, seeds.For("network"), slots, new ExpiredWatches(options.Sabotage.Wire?.Invoke(wireAudit) ?? wireAudit)) { ClientMonitor = views };
        var context = new ClusterContext(pump, seeds, board, options.Sabotage, options.Log, options.LogLevel);
        AddComponents(context, slots, process =>
            new FaultyStore(store, process, engine, context.RandomFor("store of " + process.Name), () => faults!.Store, storeAudit, () => faults!.WeakMoment()));
        _ = new Consequences(pump, log);
        IReadOnlyList<IComponent> components = [.. servers, .. others];
        faults = new FaultInjector(pump, draw, seeds.For("aimed faults"), plan, components, new Leaders(pump, log, components), board, memory, options.Log);
        user = new User(context, script);
        probe = new Probe(context, script, state, Nodes);
    }

    public long Steps => pump.Steps;

    public TimeSpan Now => pump.Now;

    public ulong Trace => pump.Trace.Value;

    /// <summary>Whether the cluster is asked for something at the end. Short runs would mostly consist of that: every third of them.</summary>
    private bool IsAsked => options.Time >= TimeSpan.FromMinutes(1) || options.Seed % 3 == 1;

    /// <exception cref="SimulationFailure">An invariant does not hold.</exception>
    public SimulationResult Run()
    {
        foreach (var server in servers)
            server.Start();
        Require(pump.RunUntil(() => servers.TrueForAll(server => server.IsReady), TimeSpan.FromMinutes(2)), "the cluster starts", () => "the API servers are not ready");
        foreach (var component in others)
            component.Start();
        user.Start();
        faults.Start();
        pump.RunFor(options.Time);
        faults.Stop();
        Require(pump.RunUntil(() => user.IsDone, SettleLimit), "users are answered", () => "a user's action was not acknowledged");
        Settle();
        if (IsAsked)
            CheckAnswers();
        CheckWatches();
        CheckCounter();
        return new SimulationResult(pump.Steps, pump.Trace.Value, log.Revision, pump.Now, pump.Faults, final.Describe());
    }

    public void Dispose() => keys.Dispose();

    private void AddComponents(ClusterContext context, List<ServerSlot> slots, Func<SimulatedProcess, IKeyValueStore> connect)
    {
        for (var i = 0; i < slots.Count; i++)
            servers.Add(new ApiServerComponent(context, slots[i], i, Nodes, keys, connect));
        for (var i = 0; i < 2; i++)
        {
            others.Add(new ControllerManagerComponent(context, i));
            others.Add(new SchedulerComponent(context, i));
        }

        for (var i = 0; i < Nodes.Count; i++)
            others.Add(new HollowKubelet(context, i));
    }

    /// <summary>Until nothing is amiss, and has not been for a while.</summary>
    private void Settle()
    {
        const string rule = "the cluster converges when faults stop";
        var end = pump.Now + SettleLimit;
        var fault = "";
        for (var quietSince = pump.Now; pump.Now - quietSince < (IsAsked ? LongRest : ShortRest);)
        {
            Require(pump.Now < end, rule, () => $"{fault}; the state is\n{final.Describe()}\n");
            pump.RunFor(TimeSpan.FromSeconds(1));
            if (final.Faults().FirstOrDefault() is not { } found)
                continue;
            fault = found;
            quietSince = pump.Now;
        }
    }

    /// <summary>At rest does not mean at work: what is asked for now is done, and undone.</summary>
    private void CheckAnswers()
    {
        probe.Start(probe.DisturbAsync);
        RunUntilNone(probe.Unanswered, "what is asked for at rest is done", AnswerLimit);
        probe.Start(probe.RestoreAsync);
        RunUntilNone(() => probe.Remains().Concat(final.Faults()), "what is asked for at rest is done", AnswerLimit);
    }

    /// <summary>Watches that deliver nothing are not judged by what they deliver.</summary>
    private void CheckWatches()
    {
        var present = log.Revision;
        RunUntilNone(() => storeAudit.Behind(present).Concat(wireAudit.Behind(present)), "every watcher's sequence equals the log", DeliveryLimit);
    }

    private void RunUntilNone(Func<IEnumerable<string>> faults, string rule, TimeSpan limit)
    {
        var end = pump.Now + limit;
        while (faults().FirstOrDefault() is { } fault)
        {
            Require(pump.Now < end, rule, () => fault);
            pump.RunFor(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>The user's counter holds every increment that was acknowledged, and none that was not tried.</summary>
    private void CheckCounter()
    {
        var value = final.Counter();
        var (acknowledged, unknown) = user.Counted;
        Require(
            value >= acknowledged && value <= acknowledged + unknown, "no acknowledged write is lost",
            () => $"the counter is {value} after {acknowledged} acknowledged increments and {unknown} unknown ones");
    }

    /// <summary>The memory store answers at once.</summary>
    private static long CompactedRevision(MemoryStore memory) => memory.GetCompactedRevisionAsync(CancellationToken.None).AsTask().Result;

    private void Require(bool holds, string rule, Func<string> message)
    {
        if (!holds)
            throw new SimulationFailure(rule, message(), pump.Steps, pump.Now);
    }
}
