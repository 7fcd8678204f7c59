using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Benchmarks;

/// <summary>Pods through the whole system, seen by a watch as a user's client would: create to Running, delete to gone; then idle figures.</summary>
internal static class PodStart
{
    private const int Serial = 50;
    private const int Burst = 50;
    private const string Namespace = "default";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(OrcProgram orc, bool pods, bool memory)
    {
        orc.Up(3);
        using var client = new ApiClient(Kubeconfig.Load(orc.Kubeconfig, _ => null).ToClientOptions("bench"), TimeProvider.System);
        if (memory)
            await IdleFigures.PrintAsync(orc, "3-node lab, no pods");
        if (pods)
        {
            using var watcher = new PodWatcher(client);
            await watcher.StartAsync();
            await OneByOneAsync(client, watcher);
            await BurstAsync(client, watcher, memory ? () => IdleFigures.PrintAsync(orc, $"3-node lab, {Burst} pods") : null);
        }

        orc.Down(purge: false);
    }

    private static async Task OneByOneAsync(ApiClient client, PodWatcher watcher)
    {
        var starts = new List<TimeSpan>();
        var ends = new List<TimeSpan>();
        var stages = new Stages();
        for (var i = 0; i < Serial; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"serial-{i}");
            var start = Stopwatch.GetTimestamp();
            await client.CreateAsync(NewPod(name, null), CancellationToken.None);
            stages.Add("acknowledged", Stopwatch.GetElapsedTime(start));
            await watcher.RunningAsync(name).WaitAsync(Limit);
            starts.Add(Stopwatch.GetElapsedTime(start));
            foreach (var (stage, at) in watcher.StagesOf(name))
                stages.Add(stage, Stopwatch.GetElapsedTime(start, at));
            var watch = Stopwatch.StartNew();
            await client.DeleteAsync<Pod>(Namespace, name, null, CancellationToken.None);
            await watcher.GoneAsync(name).WaitAsync(Limit);
            ends.Add(watch.Elapsed);
        }

        Figures.PrintDurations("one pod, create -> Running", starts);
        stages.Print();
        Figures.PrintDurations("one pod, delete -> gone", ends);
    }

    private static async Task BurstAsync(ApiClient client, PodWatcher watcher, Func<Task>? whileRunning)
    {
        var node = (await client.ListAsync<Node>(null, ListOptions.All, CancellationToken.None)).Items[0].Metadata.Name!;
        var names = Enumerable.Range(0, Burst).Select(i => $"burst-{i}").ToList();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(names.Select(name => client.CreateAsync(NewPod(name, node), CancellationToken.None)));
        await Task.WhenAll(names.Select(watcher.RunningAsync)).WaitAsync(Limit);
        Figures.Print($"{Burst} pods at once on one node, all Running", Figures.Text(watch.Elapsed));
        if (whileRunning is not null)
            await whileRunning();
        watch.Restart();
        await Task.WhenAll(names.Select(name => client.DeleteAsync<Pod>(Namespace, name, null, CancellationToken.None)));
        await Task.WhenAll(names.Select(watcher.GoneAsync)).WaitAsync(Limit);
        Figures.Print($"{Burst} pods at once, all gone", Figures.Text(watch.Elapsed));
    }

    private static Pod NewPod(string name, string? node) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = Namespace },
        Spec = new PodSpec
        {
            NodeName = node,
            TerminationGracePeriodSeconds = 1,
            Containers = [new Container { Name = "c", Image = "orc.dev/demo:1", ImagePullPolicy = "IfNotPresent" }],
        },
    };
}

/// <summary>One watch on all pods; completes a task for each pod that runs or goes.</summary>
internal sealed class PodWatcher(IApiClient client) : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> running = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gone = new();
    private readonly ConcurrentDictionary<string, List<(string Stage, long At)>> stages = new();

    public async Task StartAsync()
    {
        var list = await client.ListAsync<Pod>(null, ListOptions.All, CancellationToken.None);
        _ = WatchAsync(list.Metadata.ResourceVersion);
    }

    public Task RunningAsync(string name) => Of(running, name).Task;

    public Task GoneAsync(string name) => Of(gone, name).Task;

    /// <summary>When what was first seen of a pod that runs, as timestamps of <see cref="Stopwatch"/>.</summary>
    public IReadOnlyList<(string Stage, long At)> StagesOf(string name) => stages[name];

    public void Dispose() => stop.Cancel();

    private async Task WatchAsync(string? resourceVersion)
    {
        while (!stop.IsCancellationRequested)
        {
            await foreach (var change in client.WatchAsync<Pod>(null, new ListOptions { ResourceVersion = resourceVersion }, stop.Token))
            {
                resourceVersion = change.Object.Metadata.ResourceVersion;
                Note(change.Object);
                if (change.Type == WatchEventType.Deleted)
                    Of(gone, change.Object.Metadata.Name!).TrySetResult();
                else if (change.Object.Status?.Phase == "Running")
                    Of(running, change.Object.Metadata.Name!).TrySetResult();
            }
        }
    }

    private void Note(Pod pod)
    {
        var seen = stages.GetOrAdd(pod.Metadata.Name!, _ => []);
        if (pod.Spec?.NodeName is { Length: > 0 })
            First("scheduled");
        if (pod.Status?.Conditions?.Any(condition => condition is { Type: "PodReadyToStartContainers", Status: "True" }) == true)
            First("sandbox and network ready");

        void First(string stage)
        {
            if (!seen.Exists(one => one.Stage == stage))
                seen.Add((stage, Stopwatch.GetTimestamp()));
        }
    }

    private static TaskCompletionSource Of(ConcurrentDictionary<string, TaskCompletionSource> tasks, string name) =>
        tasks.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
