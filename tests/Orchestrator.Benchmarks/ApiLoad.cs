using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Benchmarks;

/// <summary>
/// An API server alone, over TLS with 32 connections: creates, updates that conflict, gets, watch fan-out, lists, delete collection,
/// and how long it takes to be back when it was killed; on SQLite, and on etcd where it is on the machine.
/// </summary>
internal static class ApiLoad
{
    private const int Connections = 32;
    private const string Objects = "/api/v1/namespaces/default/configmaps";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);
    private static readonly string Filler = new('x', 900);

    public static async Task RunAsync(OrcProgram orc)
    {
        using (var server = new ApiServerProcess(orc, Path.Combine(orc.WorkDirectory, "apiserver-sqlite"), "sqlite"))
            Run("SQLite", server, () => server.ProcessId);
        using var etcd = LocalEtcd.TryStart(Path.Combine(orc.WorkDirectory, "api-etcd"));
        if (etcd is null)
        {
            LocalEtcd.PrintMissing();
            return;
        }

        await (await etcd.ConnectAsync()).DisposeAsync();
        using (var server = new ApiServerProcess(orc, Path.Combine(orc.WorkDirectory, "apiserver-etcd"), etcd.Address))
            Run("etcd", server, () => etcd.ProcessId);
    }

    /// <param name="writer">The process that writes to the disk.</param>
    private static void Run(string engine, ApiServerProcess server, Func<int> writer)
    {
        Console.WriteLine($"API server on {engine}, TLS, {Connections} connections:");
        Figures.Print("start -> /readyz", Figures.Text(server.Start()));
        using (var connections = new ConnectionSet(server))
        {
            // The runtime compiles what is used most for some seconds; a server that has just started is measured too, as it is.
            var cold = Creates(connections, "cold", TimeSpan.FromSeconds(4));
            Figures.Print("creates of ConfigMaps of 1 KB, first 4 s", $"{cold.Rate:0}/s");
            var before = DiskWrites.Of(writer());
            var creates = Creates(connections, "b", Duration);
            Print("creates of ConfigMaps of 1 KB", creates);
            Figures.Print("  bytes written to disk for each", $"{(DiskWrites.Of(writer()) - before) / creates.Count:#,0}");
            Updates(connections, writer);
            Print("gets", connections.Load(Duration, (connection, worker, n) =>
                connection.SendChecked("GET", $"{Objects}/b-{worker}-{n % creates.CountOf(worker)}")));
            FanOut(server, connections[0]);
            Figures.Print($"delete collection of {cold.Count + creates.Count:#,0}", Figures.Text(DeleteAll(connections[0])));
            ListsAndDeletions(connections);
        }

        Recovery(server);
    }

    private static LoadResult Creates(ConnectionSet connections, string prefix, TimeSpan duration) =>
        connections.Load(duration, (connection, worker, n) => connection.SendChecked("POST", Objects, ConfigMap($"{prefix}-{worker}-{n}")));

    /// <summary>All connections read, change and put the same eight objects; a conflict is read and tried again, as clients do.</summary>
    private static void Updates(ConnectionSet connections, Func<int> writer)
    {
        const int objects = 8;
        for (var i = 0; i < objects; i++)
            connections[0].SendChecked("POST", Objects, ConfigMap($"hot-{i}"));
        var conflicts = 0L;
        var before = DiskWrites.Of(writer());
        var updates = connections.Load(TimeSpan.FromSeconds(4), (connection, worker, n) =>
        {
            var path = $"{Objects}/hot-{(worker + n) % objects}";
            while (true)
            {
                var current = JsonNode.Parse(connection.SendChecked("GET", path).Body.Span)!;
                current["data"]!["n"] = $"{worker}-{n}";
                var response = connection.Send("PUT", path, current.ToJsonString());
                if (response.Status == 200)
                    return;
                if (response.Status != 409)
                    throw new InvalidOperationException($"PUT {path}: {response.Status}");
                Interlocked.Increment(ref conflicts);
            }
        });
        Print($"updates of {objects} objects, each with a get, again after a conflict", updates);
        Figures.Print("  conflicts, and bytes written to disk, for each", $"{(double)conflicts / updates.Count:0.0}, {(DiskWrites.Of(writer()) - before) / updates.Count:#,0}");
    }

    /// <summary>From the call of a write to the moment when each of many watchers has read it from its connection.</summary>
    private static void FanOut(ApiServerProcess server, BenchConnection connection)
    {
        const int watchers = 100, writes = 300;
        connection.SendChecked("POST", Objects, ConfigMap("fan"));
        using var received = new CountdownEvent(watchers);
        var watches = Enumerable.Range(0, watchers).Select(_ => new BenchConnection(server.Options)).ToList();
        foreach (var watch in watches)
        {
            watch.OpenWatch($"{Objects}?watch=1&fieldSelector=metadata.name%3Dfan");
            watch.ReadEvents();
        }

        var readers = watches.Select(watch => Task.Factory.StartNew(() => Read(watch), TaskCreationOptions.LongRunning)).ToArray();
        List<TimeSpan> durations = [];
        for (var i = 0; i < writes; i++)
        {
            received.Reset();
            var watch = Stopwatch.StartNew();
            connection.SendChecked("PUT", $"{Objects}/fan", ConfigMap("fan", $"{i}"));
            received.Wait();
            durations.Add(watch.Elapsed);
        }

        Task.WaitAll(readers);
        watches.ForEach(watch => watch.Dispose());
        Figures.PrintDurations($"write -> read by all of {watchers} watchers", durations);

        void Read(BenchConnection watch)
        {
            for (var seen = 0; seen < writes;)
            {
                var count = watch.ReadEvents();
                seen += count;
                received.Signal(count);
            }
        }
    }

    private static void ListsAndDeletions(ConnectionSet connections)
    {
        const int objects = 13_000, rounds = 3;
        List<TimeSpan> deletions = [];
        for (var round = 0; round < rounds; round++)
        {
            Fill(connections, objects);
            if (round == 0)
                Lists(connections[0]);
            deletions.Add(DeleteAll(connections[0]));
        }

        Figures.PrintDurations($"delete collection of {objects:#,0}", deletions);
    }

    private static void Lists(BenchConnection connection)
    {
        List<TimeSpan> durations = [];
        var bytes = 0L;
        for (var all = Stopwatch.StartNew(); all.Elapsed < TimeSpan.FromSeconds(4);)
        {
            var watch = Stopwatch.StartNew();
            bytes = connection.SendChecked("GET", $"{Objects}?resourceVersion=0").Length;
            durations.Add(watch.Elapsed);
        }

        Figures.PrintDurations($"list from cache, {bytes / 1e6:0.0} MB, one connection", durations);
        Figures.Print("  rate", $"{bytes * durations.Count / durations.Sum(duration => duration.TotalSeconds) / 1e6:0} MB/s");
    }

    /// <summary>Killed with SIGKILL while it holds many objects, in the middle of writes; how soon it is ready again.</summary>
    private static void Recovery(ApiServerProcess server)
    {
        const int objects = 100_000, rounds = 3;
        using (var connections = new ConnectionSet(server))
            Fill(connections, objects);
        List<TimeSpan> durations = [];
        for (var round = 0; round < rounds; round++)
        {
            using (var connections = new ConnectionSet(server))
                Creates(connections, $"late{round}", TimeSpan.FromSeconds(1));
            server.Kill();
            durations.Add(server.Start());
        }

        Figures.PrintDurations($"killed with {objects:#,0} objects: start -> /readyz", durations);
    }

    private static void Fill(ConnectionSet connections, int objects)
    {
        var next = -1;
        connections.Each((connection, _) =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) < objects;)
                connection.SendChecked("POST", Objects, ConfigMap($"f-{n}"));
        });
    }

    private static TimeSpan DeleteAll(BenchConnection connection)
    {
        var watch = Stopwatch.StartNew();
        connection.SendChecked("DELETE", $"{Objects}?labelSelector=app%3Dbench");
        return watch.Elapsed;
    }

    private static string ConfigMap(string name, string note = "") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{"app":"bench"}},"data":{"k":"{{{Filler}}}","n":"{{{note}}}"}}""";

    private static void Print(string what, LoadResult load)
    {
        Figures.Print(what, $"{load.Rate:0}/s");
        Figures.PrintDurations("  latency", load.Durations);
    }

    /// <summary>Connections, each used by a thread of its own.</summary>
    private sealed class ConnectionSet(ApiServerProcess server) : IDisposable
    {
        private readonly BenchConnection[] connections = [.. Enumerable.Range(0, Connections).Select(_ => new BenchConnection(server.Options))];

        public BenchConnection this[int index] => connections[index];

        public void Each(Action<BenchConnection, int> work) => Task.WaitAll(
            connections.Select((connection, index) => Task.Factory.StartNew(() => work(connection, index), TaskCreationOptions.LongRunning)).ToArray());

        /// <summary>Calls again and again for a while.</summary>
        /// <param name="call">With the connection, its number, and how often it has been called before.</param>
        public LoadResult Load(TimeSpan duration, Action<BenchConnection, int, int> call)
        {
            var latencies = new List<TimeSpan>[Connections];
            var watch = Stopwatch.StartNew();
            Each((connection, worker) =>
            {
                List<TimeSpan> own = [];
                for (var n = 0; watch.Elapsed < duration; n++)
                {
                    var began = watch.Elapsed;
                    call(connection, worker, n);
                    own.Add(watch.Elapsed - began);
                }

                latencies[worker] = own;
            });
            return new LoadResult(latencies, watch.Elapsed);
        }

        public void Dispose()
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    private sealed record LoadResult(List<TimeSpan>[] Latencies, TimeSpan Elapsed)
    {
        public int Count => Latencies.Sum(own => own.Count);

        public double Rate => Count / Elapsed.TotalSeconds;

        public List<TimeSpan> Durations => [.. Latencies.SelectMany(own => own)];

        public int CountOf(int worker) => Latencies[worker].Count;
    }
}
