using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Client.Tests.Http;

/// <summary>An HTTP server on loopback that answers as a test says.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication web;

    private LoopbackServer(WebApplication web) => this.web = web;

    public Uri Address => new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public List<string> Seen { get; } = [];

    public static async Task<LoopbackServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new LoopbackServer(builder.Build());
        server.web.UseWebSockets();
        server.web.Run(context =>
        {
            lock (server.Seen)
                server.Seen.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return answer(context);
        });
        await server.web.StartAsync();
        return server;
    }

    public ApiClient Client(Func<ApiClientOptions, ApiClientOptions>? change = null)
    {
        var options = new ApiClientOptions { Server = Address, Component = "test" };
        return new ApiClient(change is null ? options : change(options), TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await web.DisposeAsync();
}
