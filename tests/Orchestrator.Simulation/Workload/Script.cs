using Orchestrator.Simulation.Cluster;

namespace Orchestrator.Simulation.Workload;

/// <summary>What the users of one run do and when: drawn beforehand, so that it does not depend on how the run goes.</summary>
internal sealed class Script
{
    private const int MaxDeployments = 4;

    private readonly Random random;
    private readonly int nodes;
    private readonly Dictionary<string, DeploymentIntent> wanted = [];
    private readonly Dictionary<string, int> previousVersion = [];
    private readonly HashSet<string> exposed = [];
    private readonly HashSet<string> cordoned = [];
    private TimeSpan now;
    private int names;

    private Script(Random random, int nodes)
    {
        this.random = random;
        this.nodes = nodes;
    }

    public List<(TimeSpan At, UserAction Action)> Actions { get; } = [];

    /// <summary>What is left when all has been done.</summary>
    public IReadOnlyDictionary<string, DeploymentIntent> Wanted => wanted;

    public IReadOnlySet<string> Exposed => exposed;

    public IReadOnlySet<string> Cordoned => cordoned;

    /// <summary>When the other user counts.</summary>
    public List<TimeSpan> OthersCounts { get; } = [];

    public static Script Draw(Random random, TimeSpan time, int nodes)
    {
        var script = new Script(random, nodes);
        for (var at = TimeSpan.FromSeconds(1); at < time; at += TimeSpan.FromSeconds(8) * (random.NextDouble() * random.NextDouble()))
        {
            script.now = at;
            script.Actions.Add((at, script.Next()));
        }

        return script;
    }

    private UserAction Next()
    {
        if (wanted.Count == 0)
            return Create();
        return random.Next(20) switch
        {
            < 2 when wanted.Count < MaxDeployments => Create(),
            < 6 => Change(intent => intent with { Replicas = random.Next(8) }),
            < 10 => Change(intent => intent with { Version = intent.Version + 1 }),
            < 11 => RollBack(),
            < 12 => Remove(),
            < 13 => Recreate(),
            < 15 => new UserAction.KillPod(random.NextDouble(), random.Next(3) == 0),
            < 16 => Expose(),
            < 17 => Cordon(),
            _ => Count(),
        };
    }

    private UserAction.Put Create()
    {
        var intent = new DeploymentIntent(
            $"app-{names++}", random.Next(1, 6), 1, random.Next(1, 3), random.Next(2), random.Next(3) == 0 ? 2 : 0, random.Next(6) == 0);
        wanted.Add(intent.Name, intent);
        return new UserAction.Put(intent);
    }

    private UserAction.Put Change(Func<DeploymentIntent, DeploymentIntent> change)
    {
        var before = Any();
        var after = change(before);
        if (after.Version != before.Version)
            previousVersion[before.Name] = before.Version;
        wanted[before.Name] = after;
        return new UserAction.Put(after);
    }

    private UserAction.Put RollBack() => Change(intent => intent with { Version = previousVersion.GetValueOrDefault(intent.Name, intent.Version) });

    private UserAction.Remove Remove()
    {
        var name = Any().Name;
        wanted.Remove(name);
        return new UserAction.Remove(name, Propagation());
    }

    /// <summary>Under the same name at once: what the former one owned is still there.</summary>
    private UserAction.Put Recreate()
    {
        var intent = Any();
        Actions.Add((now, new UserAction.Remove(intent.Name, Propagation())));
        var again = intent with { Replicas = random.Next(1, 6) };
        wanted[intent.Name] = again;
        return new UserAction.Put(again);
    }

    private string Propagation() => random.Next(3) == 0 ? "Foreground" : "Background";

    private UserAction Expose()
    {
        var name = Any().Name;
        if (exposed.Add(name))
            return new UserAction.Expose(name);
        exposed.Remove(name);
        return new UserAction.Hide(name);
    }

    private UserAction.Cordon Cordon()
    {
        var node = HollowKubelet.NameOf(random.Next(nodes));
        if (cordoned.Remove(node))
            return new UserAction.Cordon(node, false);
        // One node stays open: with all closed nothing could settle.
        if (cordoned.Count >= nodes - 1)
            return new UserAction.Cordon(cordoned.First(), true);
        cordoned.Add(node);
        return new UserAction.Cordon(node, true);
    }

    private UserAction.Count Count()
    {
        // At the same moment: both read the same number.
        if (random.Next(4) > 0)
            OthersCounts.Add(now);
        return new UserAction.Count();
    }

    private DeploymentIntent Any() => wanted.Values.ElementAt(random.Next(wanted.Count));
}
