using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.Benchmarks;

/// <summary>How long an API server takes to have its pods again, and how much memory its watch cache takes for them.</summary>
internal static class StoreRecovery
{
    private const int Pods = 150_000;
    private const int Rounds = 3;

    public static async Task RunAsync(string directory)
    {
        await RunAsync("SQLite", new StoreOptions { Path = Path.Combine(directory, "recovery.db") }, printsMemory: true);
        using var etcd = LocalEtcd.TryStart(Path.Combine(directory, "recovery-etcd"));
        if (etcd is null)
        {
            LocalEtcd.PrintMissing();
            return;
        }

        await (await etcd.ConnectAsync()).DisposeAsync();
        // What the cache takes does not depend on the engine.
        await RunAsync("etcd", etcd.Options, printsMemory: false);
    }

    private static async Task RunAsync(string engine, StoreOptions options, bool printsMemory)
    {
        var podBytes = await FillAsync(options);
        List<TimeSpan> durations = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var watch = Stopwatch.StartNew();
            await using var store = await StoreFactory.OpenAsync(options);
            await using var host = NewHost(store);
            await host.StartAsync(default);
            await host.Ready;
            // The first has the code compiled.
            if (round > 0)
                durations.Add(watch.Elapsed);
            if (round == Rounds && printsMemory)
                PrintMemory(GC.GetTotalMemory(forceFullCollection: true) - before, podBytes);
        }

        Figures.PrintDurations($"{engine}: open with {Pods:#,0} pods -> caches filled", durations);
    }

    private static void PrintMemory(long bytes, int podBytes)
    {
        var perThousand = bytes / (Pods / 1000);
        Figures.Print($"watch cache per 1,000 pods of {podBytes} bytes", $"{perThousand / 1024} KB: the bytes sent and {(perThousand / 1000) - podBytes} more for each");
    }

    private static ApiServerHost NewHost(IKeyValueStore store) => new(
        new ApiServerOptions { Listen = [], RandomSeed = 1 }, new ApiServerParts { Resources = [ResourceDefinition.For<Pod>()] }, store, NullLoggerFactory.Instance);

    private static async Task<int> FillAsync(StoreOptions options)
    {
        await using var store = await StoreFactory.OpenAsync(options);
        var length = 0;
        foreach (var chunk in Enumerable.Range(0, Pods).Chunk(5000))
        {
            await Task.WhenAll(chunk.Select(i =>
            {
                var value = Encoding.UTF8.GetBytes(PodJson(i));
                length = value.Length;
                return store.CommitAsync(StoreTransaction.Create($"/registry/pods/default/pod-{i:000000}", value), default).AsTask();
            }));
        }

        return length;
    }

    private static string PodJson(int i) =>
        $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"pod-{{{i:000000}}}","namespace":"default","uid":"00000000-0000-4000-8000-{{{i:000000000000}}}","labels":{"app":"web"},"annotations":{"fill":"{{{new string('x', 1500)}}}"}},"spec":{"nodeName":"node-{{{i % 1000}}}","containers":[{"name":"c","image":"demo:latest"}]},"status":{"phase":"Running"}}""";
}
