using System.Diagnostics;
using System.Text;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Benchmarks;

/// <summary>
/// An API server alone, over TLS: start to /readyz, creates and gets from 32 connections, a list of everything, and its deletion; on
/// SQLite, and on etcd where it is on the machine.
/// </summary>
internal static class ApiLoad
{
    private const int Connections = 32;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(OrcProgram orc)
    {
        await RunAsync(orc, "SQLite", "sqlite");
        using var etcd = LocalEtcd.TryStart(Path.Combine(orc.WorkDirectory, "api-etcd"));
        if (etcd is null)
        {
            LocalEtcd.PrintMissing();
            return;
        }

        await (await etcd.ConnectAsync()).DisposeAsync();
        await RunAsync(orc, "etcd", etcd.Address);
    }

    private static async Task RunAsync(OrcProgram orc, string engine, string store)
    {
        var directory = Path.Combine(orc.WorkDirectory, $"apiserver-{engine}");
        var kubeconfig = directory + ".kubeconfig";
        Console.WriteLine($"API server on {engine}:");
        var watch = Stopwatch.StartNew();
        using var server = orc.Start("apiserver", "--store", store, "--listen", "127.0.0.1:16443", "--data-dir", directory, "--kubeconfig", kubeconfig);
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        try
        {
            var options = await ReadyAsync(kubeconfig);
            Figures.Print("API server start -> /readyz", Figures.Text(watch.Elapsed));
            using var clients = new ClientSet(options);
            await CreatesAsync(clients);
            await GetsAsync(clients);
            await ListsAsync(clients);
            await DeleteCollectionAsync(clients);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static async Task<ApiClientOptions> ReadyAsync(string kubeconfig)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(20))
        {
            try
            {
                var options = Kubeconfig.Load(kubeconfig, _ => null).ToClientOptions("bench");
                using var client = new ApiClient(options, TimeProvider.System);
                using var request = new HttpRequestMessage(HttpMethod.Get, "/readyz");
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
                return options;
            }
            catch (Exception exception) when (exception is KubeconfigException or Api.Errors.ApiException)
            {
                await Task.Delay(5);
            }
        }

        throw new TimeoutException("the API server is not ready after 20 s");
    }

    private static async Task CreatesAsync(ClientSet clients)
    {
        var filler = new string('x', 900);
        await clients.LoadAsync("ConfigMap creates, 1 KB, 32 connections, TLS", Duration, (worker, n) =>
            new HttpRequestMessage(HttpMethod.Post, "/api/v1/namespaces/default/configmaps")
            {
                Content = new StringContent(
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b-{{{worker}}}-{{{n}}}","labels":{"app":"bench"}},"data":{"k":"{{{filler}}}"}}""",
                    Encoding.UTF8, "application/json"),
            });
    }

    private static Task GetsAsync(ClientSet clients) =>
        clients.LoadAsync("gets, 32 connections, TLS", Duration, (_, _) => new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/default/configmaps/b-0-0"));

    private static async Task ListsAsync(ClientSet clients)
    {
        var watch = Stopwatch.StartNew();
        long bytes = 0;
        var lists = 0;
        var buffer = new byte[1 << 20];
        while (watch.Elapsed < TimeSpan.FromSeconds(4))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/default/configmaps?resourceVersion=0");
            using var response = await clients[0].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
            await using var body = await response.Content.ReadAsStreamAsync();
            int read;
            while ((read = await body.ReadAsync(buffer)) > 0)
                bytes += read;
            lists++;
        }

        Figures.Print($"list from cache, {bytes / lists / 1e6:0.0} MB, TLS, one connection", $"{bytes / watch.Elapsed.TotalSeconds / 1e6:0} MB/s");
    }

    private static async Task DeleteCollectionAsync(ClientSet clients)
    {
        var watch = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/namespaces/default/configmaps?labelSelector=app%3Dbench");
        using var response = await clients[0].SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
        Figures.Print("delete collection of all of them", Figures.Text(watch.Elapsed));
    }

    /// <summary>One client for each connection.</summary>
    private sealed class ClientSet(ApiClientOptions options) : IDisposable
    {
        private readonly ApiClient[] clients = [.. Enumerable.Range(0, Connections).Select(_ => new ApiClient(options with { RequestTimeout = TimeSpan.FromMinutes(2) }, TimeProvider.System))];

        public ApiClient this[int index] => clients[index];

        public async Task LoadAsync(string what, TimeSpan duration, Func<int, int, HttpRequestMessage> make)
        {
            var watch = Stopwatch.StartNew();
            var latencies = await Task.WhenAll(clients.Select((client, worker) => WorkAsync(client, worker)));
            var elapsed = watch.Elapsed;
            var all = latencies.SelectMany(list => list).ToList();
            Figures.Print(what, $"{all.Count / elapsed.TotalSeconds:0}/s");
            Figures.PrintDurations("  latency", all);

            async Task<List<TimeSpan>> WorkAsync(ApiClient client, int worker)
            {
                var own = new List<TimeSpan>();
                for (var n = 0; watch.Elapsed < duration; n++)
                {
                    var began = watch.Elapsed;
                    using var request = make(worker, n);
                    using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
                    own.Add(watch.Elapsed - began);
                }

                return own;
            }
        }

        public void Dispose()
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }
}
