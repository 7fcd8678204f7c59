using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

/// <summary>Prints how long the node's verbs take; asserts only that they are not slower by far than they should be.</summary>
[TestFixture, Explicit, Category("Benchmark")]
internal sealed class ContainerBenchmarks : RuntimeFixture
{
    private const int Rounds = 60;

    [Test]
    public async Task Container_CreateStartExitDelete_TakesMilliseconds()
    {
        var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var events = Runtime.WatchEventsAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        var times = new Dictionary<string, List<double>>();
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var container = await Runtime.CreateContainerAsync(sandbox, Run("/bin/true"), None);
            Lap("create", watch);
            await Runtime.StartContainerAsync(container, None);
            Lap("start", watch);
            do
                await events.MoveNextAsync();
            while (events.Current.ContainerId != container || events.Current.Type != ContainerEventType.Exited);
            Lap("exit", watch);
            await Runtime.RemoveContainerAsync(container, None);
            Lap("remove", watch);
        }

        var total = times.Values.Sum(Median);
        await PrintAsync("container", times);
        Assert.That(total, Is.LessThan(50));

        void Lap(string name, Stopwatch watch)
        {
            times.TryAdd(name, []);
            times[name].Add(watch.Elapsed.TotalMilliseconds);
            watch.Restart();
        }
    }

    [Test]
    public async Task Sandbox_RunStopRemove_TakesMilliseconds()
    {
        var times = new Dictionary<string, List<double>> { ["run"] = [], ["stop"] = [], ["remove"] = [] };
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var sandbox = await Runtime.RunPodSandboxAsync(Pod(), None);
            times["run"].Add(watch.Elapsed.TotalMilliseconds);
            watch.Restart();
            await Runtime.StopPodSandboxAsync(sandbox, None);
            times["stop"].Add(watch.Elapsed.TotalMilliseconds);
            watch.Restart();
            await Runtime.RemovePodSandboxAsync(sandbox, None);
            times["remove"].Add(watch.Elapsed.TotalMilliseconds);
        }

        await PrintAsync("sandbox", times);
        Assert.That(Median(times["run"]), Is.LessThan(100));
    }

    [Test]
    public async Task ExecSync_True_TakesMilliseconds()
    {
        var container = await StartAsync(Run("/bin/sleep", "1000"));
        var times = new Dictionary<string, List<double>> { ["exec"] = [] };
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            await Runtime.ExecSyncAsync(container, ["true"], default, None);
            times["exec"].Add(watch.Elapsed.TotalMilliseconds);
        }

        await PrintAsync("exec", times);
        Assert.That(Median(times["exec"]), Is.LessThan(50));
    }

    private static async Task PrintAsync(string subject, Dictionary<string, List<double>> times)
    {
        var parts = times.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {Median(pair.Value):F2}"));
        await TestContext.Out.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{subject}, median ms: {string.Join(", ", parts)}; total {times.Values.Sum(Median):F2}"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
