using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Kubelet.Server;

/// <summary>The kubelet's HTTPS server: authenticates, authorizes, and hands each request to the endpoint of its path.</summary>
internal sealed partial class KubeletServer(
    KubeletServerOptions options, KubeletAuthentication authentication, KubeletAuthorization authorization, KubeletEndpoints endpoints, ILoggerFactory logs)
{
    private const int MaxConnections = 10_000;
    private readonly ILogger<KubeletServer> logger = logs.CreateLogger<KubeletServer>();

    /// <summary>Listens, and serves until cancelled.</summary>
    /// <param name="listening">Called with the port once requests are accepted.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task RunAsync(Action<int> listening, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        await using var app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        listening(new Uri(address).Port);
        LogListening(address);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped))
            await stopped.Task;
        // Streams go on as long as their clients like; a kubelet that stops does not wait for them.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            // Upgrades exist in HTTP/1.1 only.
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = options.ServingCertificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                // Who the certificate belongs to, and by whose word, is judged per request.
                ClientCertificateValidation = (_, _, _) => true,
            });
        });
    }

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            var path = context.Request.Path.Value ?? "/";
            if (path is "/healthz" or "/livez")
            {
                await context.Response.WriteAsync("ok", context.RequestAborted);
                return;
            }

            if (await authentication.AuthenticateAsync(context) is not { } identity)
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
            else if (!await authorization.IsAllowedAsync(identity, context.Request.Method, path, context.RequestAborted))
                await RefuseAsync(context, StatusCodes.Status403Forbidden, $"Forbidden (user={identity.User}, verb={context.Request.Method}, path={path})");
            else
                await endpoints.HandleAsync(context, path);
        }
        catch (KubeletRequestException refusal)
        {
            await RefuseAsync(context, refusal.StatusCode, refusal.Message);
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested || failure is OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The client is gone.
        }
        catch (Exception failure)
        {
            // The edge of the pipeline.
            LogFailed(failure, context.Request.Method, context.Request.Path);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, failure.Message);
        }
    }

    private static async Task RefuseAsync(HttpContext context, int code, string message)
    {
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(message + "\n");
    }

    [LoggerMessage(LogLevel.Information, "The kubelet's server listens on {Address}")]
    private partial void LogListening(string address);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}
