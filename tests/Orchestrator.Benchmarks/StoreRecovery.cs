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
    public static async Task RunAsync(string directory)
    {
        await RunAsync("SQLite", new StoreOptions { Path = Path.Combine(directory, "recovery.db") }, 150_000, printsMemory: true);
        using var etcd = LocalEtcd.TryStart(Path.Combine(directory, "recovery-etcd"));
        if (etcd is null)
        {
            LocalEtcd.PrintMissing();
            return;
        }

        await (await etcd.ConnectAsync()).DisposeAsync();
        // What the cache takes does not depend on the engine.
        await RunAsync("etcd", etcd.Options, 100_000, printsMemory: false);
    }

    private static async Task RunAsync(string engine, StoreOptions options, int pods, bool printsMemory)
    {
        var podBytes = await FillAsync(options, pods);
        // Once to have the code compiled, once to measure.
        await StartAsync(options);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        await using var store = await StoreFactory.OpenAsync(options);
        await using var host = NewHost(store);
        await host.StartAsync(default);
        await host.Ready;
        Figures.Print($"{engine}: open with {pods:#,0} pods -> caches filled", Figures.Text(watch.Elapsed));
        if (!printsMemory)
            return;
        var perThousand = (GC.GetTotalMemory(forceFullCollection: true) - before) / (pods / 1000);
        Figures.Print($"  watch cache per 1,000 pods of {podBytes} bytes", $"{perThousand / 1024} KB: the bytes sent and {(perThousand / 1000) - podBytes} more for each");
    }

    private static async Task StartAsync(StoreOptions options)
    {
        await using var store = await StoreFactory.OpenAsync(options);
        await using var host = NewHost(store);
        await host.StartAsync(default);
        await host.Ready;
    }

    private static ApiServerHost NewHost(IKeyValueStore store) => new(
        new ApiServerOptions { Listen = [], RandomSeed = 1 }, new ApiServerParts { Resources = [ResourceDefinition.For<Pod>()] }, store, NullLoggerFactory.Instance);

    private static async Task<int> FillAsync(StoreOptions options, int pods)
    {
        await using var store = await StoreFactory.OpenAsync(options);
        var length = 0;
        foreach (var chunk in Enumerable.Range(0, pods).Chunk(5000))
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
