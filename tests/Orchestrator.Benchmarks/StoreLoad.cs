using System.Diagnostics;
using System.Text;
using Orchestrator.ApiServer.Causes;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.Benchmarks;

/// <summary>
/// The store alone, in this process: creates, updates that conflict, gets, lists, watch fan-out, what a write costs on disk, and
/// what causes cost; on SQLite, and on etcd where it is on the machine.
/// </summary>
internal static class StoreLoad
{
    private const int Workers = 32;
    private const int ValueBytes = 1024;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        await using (var sqlite = await StoreFactory.OpenAsync(new StoreOptions { Path = Path.Combine(directory, "load.db") }))
            await MeasureAsync("SQLite", sqlite, Environment.ProcessId);
        using var server = LocalEtcd.TryStart(Path.Combine(directory, "etcd"));
        if (server is null)
        {
            LocalEtcd.PrintMissing();
        }
        else
        {
            await using var etcd = await server.ConnectAsync();
            await MeasureAsync("etcd", etcd, server.ProcessId);
        }

        await CausesCost.RunAsync(directory);
        await StoreRecovery.RunAsync(directory);
    }

    private static async Task MeasureAsync(string engine, IKeyValueStore store, int process)
    {
        var value = Encoding.UTF8.GetBytes(new string('x', ValueBytes));
        var before = DiskWrites.Of(process);
        var creates = await LoadAsync(async (worker, n) => await store.CommitAsync(StoreTransaction.Create($"/registry/load/{worker}/{n}", value), default));
        Print($"{engine}: creates, 1 KB, {Workers} writers", creates);
        Figures.Print($"{engine}:   bytes written to disk per object", $"{(DiskWrites.Of(process) - before) / creates.Count}");
        await ConflictsAsync(engine, store, value);
        // Nobody has written fewer than half of the average.
        var perWorker = creates.Count / Workers / 2;
        Print($"{engine}: gets, {Workers} readers", await LoadAsync(async (worker, n) => await store.GetAsync($"/registry/load/{worker}/{n % perWorker}", 0, default)));
        await ListsAsync(engine, store, value);
        await FanOutAsync(engine, store, value);
        await CausesAsync(engine, store);
    }

    /// <summary>All workers read, change and compare-and-swap the same eight objects.</summary>
    private static async Task ConflictsAsync(string engine, IKeyValueStore store, byte[] value)
    {
        const int objects = 8;
        for (var i = 0; i < objects; i++)
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/registry/hot/{i}", value)]), default);
        var conflicts = 0L;
        var updates = await LoadAsync(async (worker, n) =>
        {
            var key = $"/registry/hot/{(worker + n) % objects}";
            while (true)
            {
                var current = (await store.GetAsync(key, 0, default)).KeyValue!;
                if ((await store.CommitAsync(StoreTransaction.Update(key, current.ModRevision, value), default)).Committed)
                    return;
                Interlocked.Increment(ref conflicts);
            }
        });
        Print($"{engine}: updates of {objects} objects by {Workers} writers", updates);
        Figures.Print($"{engine}:   conflicts per update", $"{(double)conflicts / updates.Count:0.0}");
    }

    private static async Task ListsAsync(string engine, IKeyValueStore store, byte[] value)
    {
        const int objects = 10_000;
        await Task.WhenAll(Enumerable.Range(0, objects).Select(i => store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/registry/list/{i:00000}", value)]), default).AsTask()));
        List<TimeSpan> durations = [];
        for (var i = 0; i < 20; i++)
        {
            var watch = Stopwatch.StartNew();
            var range = await store.RangeAsync(new RangeRequest { Prefix = "/registry/list/" }, default);
            if (range.Count != objects)
                throw new InvalidOperationException($"listed {range.Count} of {objects}");
            durations.Add(watch.Elapsed);
        }

        Figures.PrintDurations($"{engine}: list of {objects:#,0} objects, 1 KB", durations);
    }

    /// <summary>From the call of a write to the moment when each of many watchers has it.</summary>
    private static async Task FanOutAsync(string engine, IKeyValueStore store, byte[] value)
    {
        const int watchers = 100, writes = 300;
        using var stop = new CancellationTokenSource();
        var (missing, all) = (watchers, new TaskCompletionSource());
        var watching = Enumerable.Range(0, watchers).Select(_ => Task.Run(WatchAsync)).ToArray();
        await all.Task; // Each has begun: its first batch says where.
        List<TimeSpan> durations = [];
        for (var i = 0; i < writes; i++)
        {
            (missing, all) = (watchers, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var watch = Stopwatch.StartNew();
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/registry/fan/a", value)]), default);
            await all.Task;
            durations.Add(watch.Elapsed);
        }

        await stop.CancelAsync();
        await Task.WhenAll(watching);
        Figures.PrintDurations($"{engine}: write -> seen by all of {watchers} watchers", durations);

        async Task WatchAsync()
        {
            try
            {
                var hasBegun = false;
                await foreach (var batch in store.WatchAsync("/registry/fan/", 0, stop.Token))
                {
                    // Marks of progress come by themselves too.
                    if (batch.Changes.Count == 0 && hasBegun)
                        continue;
                    hasBegun = true;
                    if (Interlocked.Decrement(ref missing) == 0)
                        all.SetResult();
                }
            }
            catch (OperationCanceledException)
            {
                // The end of the measurement.
            }
        }
    }

    /// <summary>The same creates with and without a cause of usual size, in turns, so that both meet the same machine.</summary>
    private static async Task CausesAsync(string engine, IKeyValueStore store)
    {
        const int rounds = 6;
        var json = Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"name\":\"a\"}},\"data\":\"{new string('x', ValueBytes)}\"}}");
        var cause = new CauseNote
        {
            User = "system:serviceaccount:kube-system:replicaset-controller", Verb = "create", Manager = "controller-manager",
            UserAgent = "orc/0.1.0 (linux/amd64) controller-manager", Time = TimeProvider.System.GetUtcNow(),
            Cause = """{"controller":"replicaset","object":"apps/v1/replicasets/default/web-5d4f8c7b9","reconcile":"3f2a","triggers":[123456]}"""u8.ToArray(),
        };
        var (plain, caused) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            plain.Add(await RateAsync($"p{round}", () => json));
            caused.Add(await RateAsync($"c{round}", () => StoredEnvelope.Encode(json, cause)));
        }

        var (without, with) = (Median(plain), Median(caused));
        Figures.Print($"{engine} alone: creates with causes / without", $"{with:0}/s / {without:0}/s  ({100 * (1 - (with / without)):0.0} % less)");

        async Task<double> RateAsync(string name, Func<byte[]> value)
        {
            var run = await LoadAsync(async (worker, n) => await store.CommitAsync(StoreTransaction.Create($"/registry/{name}/{worker}/{n}", value()), default), TimeSpan.FromSeconds(1));
            return run.Count / run.Elapsed.TotalSeconds;
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private sealed record Load(List<TimeSpan> Durations, TimeSpan Elapsed)
    {
        public int Count => Durations.Count;
    }

    private static async Task<Load> LoadAsync(Func<int, int, Task> call, TimeSpan? duration = null)
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            List<TimeSpan> own = [];
            for (var n = 0; watch.Elapsed < (duration ?? Duration); n++)
            {
                var began = watch.Elapsed;
                await call(worker, n);
                own.Add(watch.Elapsed - began);
            }
            return own;
        })));
        return new Load([.. all.SelectMany(list => list)], watch.Elapsed);
    }

    private static void Print(string what, Load load)
    {
        Figures.Print(what, $"{load.Count / load.Elapsed.TotalSeconds:0}/s");
        Figures.PrintDurations("  latency", load.Durations);
    }
}
