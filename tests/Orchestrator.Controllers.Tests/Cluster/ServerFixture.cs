using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Client;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Pki;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Controllers.Tests.Cluster;

/// <summary>A real API server in this process, on loopback with TLS, over the memory store.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly CertificateAuthority authority = CertificateAuthority.Create("test-ca", TimeProvider.System);
    private readonly SigningKeys keys = SigningKeys.Create();
    private readonly MemoryStore store = new();
    private readonly List<ApiClient> clients = [];
    private ApiServerHost host = null!;

    /// <summary>What controllers logged as warning or worse.</summary>
    public WarningCollector Warnings { get; } = new();

    public string AuthorityPem => authority.CertificatePem;

    public Uri Address => new($"https://127.0.0.1:{host.Endpoints[0].Port}");

    public async Task StartAsync(int port = 0)
    {
        var options = new ApiServerOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, port)], RandomSeed = 1,
            ServerCertificate = authority.IssueServing("kube-apiserver", ["localhost"], [IPAddress.Loopback]).ToCertificate(),
        };
        var cluster = new ClusterOptions { AuthoritiesPem = authority.CertificatePem, ServiceAccountKeys = keys };
        host = new ApiServerHost(options, ClusterComposition.Of(cluster, NullLoggerFactory.Instance), store, NullLoggerFactory.Instance);
        await host.StartAsync(default);
        await host.Ready;
    }

    /// <summary>Stops the server and starts another over the same store at the same address.</summary>
    public async Task RestartAsync()
    {
        var port = host.Endpoints[0].Port;
        await host.DisposeAsync();
        await StartAsync(port);
    }

    public ApiClient Client(string user, params string[] groups)
    {
        var options = new ApiClientOptions
        {
            Server = Address, Component = "test", CertificateAuthorities = [authority.Certificate],
            ClientCertificate = authority.IssueClient(user, groups).ToCertificate(),
        };
        clients.Add(new ApiClient(options, TimeProvider.System));
        return clients[^1];
    }

    public ControllerManager Controllers(ControllerManagerOptions options)
    {
        var client = Client("system:kube-controller-manager");
        return new ControllerManager(client, writer => new MetadataClient(writer, Address), options, TimeProvider.System, new Random(1), Warnings);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            client.Dispose();
        await host.DisposeAsync();
        keys.Dispose();
        authority.Dispose();
    }
}
