using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Client.Causes;
using Orchestrator.Storage;

namespace Orchestrator.Benchmarks;

/// <summary>
/// What it costs to store who made each write and why: creates through the whole write path of an API server, without network and
/// TLS, which would hide part of it; two servers, with and without causes, in turns.
/// </summary>
internal static class CausesCost
{
    private const int Workers = 32;
    private const int Rounds = 8;
    private const string CauseText = """{"controller":"replicaset","object":"apps/v1/replicasets/default/web-5d4f8c7b9","reconcile":"3f2a","triggers":[123456]}""";
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1.5);
    private static readonly string Filler = new('x', 900);

    public static async Task RunAsync(string directory)
    {
        await using var plainStore = await StoreFactory.OpenAsync(new StoreOptions { Path = Path.Combine(directory, "plain.db") });
        await using var causedStore = await StoreFactory.OpenAsync(new StoreOptions { Path = Path.Combine(directory, "caused.db") });
        await using var plain = await StartAsync(plainStore, recordCauses: false);
        await using var caused = await StartAsync(causedStore, recordCauses: true);
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var rates = (await RateAsync(plain, round), await RateAsync(caused, round));
            if (round == 0)
                continue; // The code is being compiled.
            without.Add(rates.Item1);
            with.Add(rates.Item2);
        }

        var (fast, slow) = (Median(without), Median(with));
        Figures.Print("API server in process: creates with causes / without", $"{slow:0}/s / {fast:0}/s  ({100 * (1 - (slow / fast)):0.0} % less)");
    }

    private static async Task<ApiServerHost> StartAsync(IKeyValueStore store, bool recordCauses)
    {
        var parts = new ApiServerParts { Resources = [ResourceDefinition.For<ConfigMap>()], Authenticators = [new Anyone()], Authorizers = [new Everything()] };
        var host = new ApiServerHost(new ApiServerOptions { Listen = [], RandomSeed = 1, RecordCauses = recordCauses }, parts, store, NullLoggerFactory.Instance);
        await host.StartAsync(default);
        await host.Ready;
        return host;
    }

    private static async Task<double> RateAsync(ApiServerHost host, int round)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var count = 0;
            for (; watch.Elapsed < RoundTime; count++)
                await CreateAsync(host, $"b-{round}-{worker}-{count}");
            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task CreateAsync(ApiServerHost host, string name)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Path = "/api/v1/namespaces/default/configmaps";
        http.Request.ContentType = "application/json";
        http.Request.Headers.UserAgent = "orc/0.1.0 (linux/amd64) controller-manager";
        http.Request.Headers[Cause.HeaderName] = CauseText;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{"app":"bench"}},"data":{"k":"{{{Filler}}}"}}"""));
        await host.HandleAsync(http);
        if (http.Response.StatusCode != StatusCodes.Status201Created)
            throw new InvalidOperationException($"the create of {name} ended with {http.Response.StatusCode}");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private sealed class Anyone : IAuthenticator
    {
        private static readonly UserInfo User = new("system:serviceaccount:kube-system:replicaset-controller", ["system:authenticated"]);

        public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken) => new(AuthenticationResult.Accepted(User));
    }

    private sealed class Everything : IAuthorizer
    {
        public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) => new(AuthorizationResult.Allow());
    }
}
