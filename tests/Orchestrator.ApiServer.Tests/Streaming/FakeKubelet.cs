using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Client.Pki;

namespace Orchestrator.ApiServer.Tests.Streaming;

/// <summary>
/// A TLS server where a kubelet would be: answers log requests with the request itself, upgrades exec to an echo, refuses what is
/// asked of the container "broken".
/// </summary>
internal sealed class FakeKubelet : IAsyncDisposable
{
    private readonly WebApplication web;

    private FakeKubelet(WebApplication web) => this.web = web;

    public int Port { get; private set; }

    public string? ClientName { get; private set; }

    public static async Task<FakeKubelet> StartAsync(KeyPair serving)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = serving.ToCertificate();
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        var kubelet = new FakeKubelet(builder.Build());
        kubelet.web.Run(kubelet.HandleAsync);
        await kubelet.web.StartAsync();
        var address = kubelet.web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        kubelet.Port = new Uri(address).Port;
        return kubelet;
    }

    /// <summary>At once: the connections that the API server keeps open would be waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await web.StopAsync(new CancellationToken(canceled: true));
        await web.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        ClientName = http.Connection.ClientCertificate?.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false);
        if (http.Request.Path.Value!.EndsWith("/broken", StringComparison.Ordinal))
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync("container \"broken\" in pod \"web\" is waiting to start: ContainerCreating");
        }
        else if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
            await EchoAsync(http, upgrade);
        else
            await http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
    }

    private static async Task EchoAsync(HttpContext http, IHttpUpgradeFeature upgrade)
    {
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = http.Request.Headers.Upgrade;
        http.Response.Headers["X-Path"] = $"{http.Request.Path}{http.Request.QueryString}";
        await using var stream = await upgrade.UpgradeAsync();
        await stream.WriteAsync("hello "u8.ToArray());
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
            if (buffer.AsSpan(0, count).Contains((byte)'\n'))
                return;
        }
    }
}
