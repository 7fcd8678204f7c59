using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Causes;
using Orchestrator.ApiServer.Discovery;
using Orchestrator.ApiServer.Health;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.OpenApi;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.ApiExtensions.CustomResourceDefinitions;
using Orchestrator.ApiServer.SchedulingTraces;
using Orchestrator.Storage;
using Orchestrator.Storage.Retention;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>
/// One API server: composes the write path, the caches and the HTTP side over a store, and owns their life. The store belongs to
/// the caller.
/// </summary>
public sealed partial class ApiServerHost : IApiServer, IAsyncDisposable
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private readonly ApiServerParts parts;
    private readonly ILoggerFactory loggers;
    private readonly ILogger<ApiServerHost> logger;
    private readonly CacheHub hub;
    private readonly StoreContact contact;
    private readonly HistoryKeeper keeper;
    private readonly RequestPipeline pipeline;
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<string, string> startup;
    private WebApplication? web;
    private IServer? server;
    private Task? following;
    private Task? keeping;
    private Task? asking;
    private Task? starting;

    public ApiServerHost(ApiServerOptions options, ApiServerParts parts, IKeyValueStore store, ILoggerFactory loggers, TimeProvider? time = null)
        : this(options, _ => parts, store, loggers, time)
    {
    }

    /// <param name="compose">Makes the parts, which keep the server they belong to.</param>
    public ApiServerHost(ApiServerOptions options, ApiServerComposition compose, IKeyValueStore store, ILoggerFactory loggers, TimeProvider? time = null)
    {
        Options = options;
        this.loggers = loggers;
        Store = store;
        Time = time ?? TimeProvider.System;
        parts = compose(this);
        logger = loggers.CreateLogger<ApiServerHost>();
        Resources = new ResourceRegistry(parts.Resources);
        Authorizer = new AuthorizerChain(parts.Authorizers);
        startup = parts.StartupTasks.ToDictionary(task => task.Name, _ => "not finished");

        hub = new CacheHub(store, Resources, options, Time, loggers.CreateLogger<CacheHub>());
        contact = new StoreContact(store, hub, Time);
        keeper = new HistoryKeeper(store, options.Retention, hub.CountBytes, [CauseLog.Prefix, SchedulingTraceStore.Prefix], Time, loggers.CreateLogger<HistoryKeeper>());
        var objects = new ObjectStore(store, hub, new CauseLog(store, Time, options.Retention.MaxAge, options.RecordCauses), Time);
        var names = new NameGenerator(options.RandomSeed);
        var admission = new AdmissionChain(parts.MutatingAdmission, parts.ValidatingAdmission);
        var services = new WriteServices(objects, admission, Time, names);
        var creates = new CreateWriter(services);
        var deletes = new DeleteWriter(services);
        var updates = new UpdateWriter(services, creates, deletes);
        var access = new RegistryAccess(this, hub, objects, creates, updates, deletes);
        Reader = access;
        Writer = access;

        var lists = new ListReader(store, hub);
        var reads = new ReadEndpoint(objects, lists, Time);
        var watches = new WatchEndpoint(store, hub, contact, lists, options, Time, names);
        var writes = new WriteEndpoint(creates, updates, deletes, lists, reads, options);
        var subresources = new SubresourceEndpoint(admission, writes);
        var scales = new ScaleEndpoint(objects, updates, writes);
        IReadOnlyList<IVirtualResource> virtuals =
        [
            .. parts.VirtualResources,
            new CausesResource(new CauseWalker(store, Resources), Resources),
            new SchedulingTracesResource(new SchedulingTraceStore(store, Time)),
            new CustomResourceDefinitionsResource(store),
        ];
        var router = new RequestRouter(
            Resources, virtuals, reads, watches, writes, subresources, scales, new DiscoveryEndpoint(Resources, virtuals), new HealthChecks(Checks()),
            [.. parts.Paths, new OpenApiEndpoint(Resources)]);
        pipeline = new RequestPipeline(this, parts.Authenticators, router, parts.Audit, loggers.CreateLogger<RequestPipeline>(), stopping.Token);
    }

    public ApiServerOptions Options { get; }

    public ResourceRegistry Resources { get; }

    public IRegistryReader Reader { get; }

    public IRegistryWriter Writer { get; }

    public IAuthorizer Authorizer { get; }

    public IKeyValueStore Store { get; }

    public TimeProvider Time { get; }

    /// <summary>Where the server listens, with the ports it was given. Known once started.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private set; } = [];

    /// <summary>Raised with the reason when the server cannot become ready yet, and goes on trying. On any thread.</summary>
    public event Action<string>? StartDelayed;

    /// <summary>Completes when the caches are filled and the startup tasks have run: /readyz says ok.</summary>
    public Task Ready => starting ?? throw new InvalidOperationException("the server has not been started");

    /// <summary>Listens, and begins to fill the caches. Returns before the server is ready.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        following = hub.RunAsync(stopping.Token);
        keeping = keeper.RunAsync(stopping.Token);
        asking = contact.RunAsync(stopping.Token);
        // Without an address nobody can connect: whoever runs the server hands it its requests.
        if (Options.Listen.Count > 0)
            await ListenAsync(cancellationToken);
        starting = RunStartupTasksAsync();
    }

    /// <summary>Answers one request, whichever way it came in. Returns when the response is complete.</summary>
    public Task HandleAsync(HttpContext http) => pipeline.HandleAsync(http);

    /// <summary>Runs until cancelled, then stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }

        await StopAsync();
    }

    /// <summary>Lets requests finish for a moment, ends watches, stops listening.</summary>
    public async Task StopAsync()
    {
        stopping.Cancel();
        if (server is not null)
        {
            using var drain = new CancellationTokenSource(DrainTimeout, Time);
            await server.StopAsync(drain.Token);
        }

        if (following is not null)
            await following;
        if (keeping is not null)
            await keeping;
        if (asking is not null)
            await asking;
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
            await StopAsync();
        if (web is not null)
            await web.DisposeAsync();
        contact.Dispose();
        stopping.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        web = Build();
        server = web.Services.GetRequiredService<IServer>();
        await server.StartAsync(new RequestApplication(HandleAsync), cancellationToken);
        Endpoints = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(EndpointOf)];
        foreach (var endpoint in Endpoints)
            LogListening(endpoint);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        if (Options.SharePort)
            builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = SharedPort.Bind);
        return builder.Build();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = Math.Max(Options.MaxBodyBytes, BodyReader.DrainLimit);
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.KeepAliveTimeout = KeepAliveTimeout;
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = 1000;
        limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 768 * 1024;
        foreach (var endpoint in Options.Listen)
            kestrel.Listen(endpoint, Configure);
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        if (Options.ServerCertificate is not { } certificate)
        {
            listen.Protocols = HttpProtocols.Http1;
            return;
        }

        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Whom a certificate belongs to, and whether it counts, is the authenticator's question.
            https.AllowAnyClientCertificate();
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        });
    }

    private async Task RunStartupTasksAsync()
    {
        await hub.WaitUntilFilledAsync(stopping.Token);
        foreach (var task in parts.StartupTasks)
        {
            var retry = TimeSpan.FromMilliseconds(100);
            while (!await TryRunAsync(task))
            {
                await Task.Delay(retry, Time, stopping.Token);
                retry = retry * 2 < TimeSpan.FromSeconds(5) ? retry * 2 : TimeSpan.FromSeconds(5);
            }
        }
    }

    private async Task<bool> TryRunAsync(IStartupTask task)
    {
        try
        {
            await task.RunAsync(this, stopping.Token);
            Note(task, "");
            return true;
        }
        catch (Exception error) when (error is ApiException or StoreException)
        {
            // Refused, by a full disk perhaps. It is tried again for as long as that lasts; to say so once is enough.
            if (Note(task, error.Message))
            {
                LogStartupTaskRefused(task.Name, error.Message);
                StartDelayed?.Invoke(error.Message);
            }
            else
                LogStartupTaskRefusedAgain(task.Name, error.Message);

            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (Note(task, error.Message))
                LogStartupTaskFailed(error, task.Name);
            return false;
        }
    }

    /// <returns>Whether that is news.</returns>
    private bool Note(IStartupTask task, string fault)
    {
        lock (startup)
        {
            var isNew = startup[task.Name] != fault;
            startup[task.Name] = fault;
            return isNew;
        }
    }

    private List<HealthCheck> Checks()
    {
        var checks = new List<HealthCheck>
        {
            new("ping", true, _ => ValueTask.FromResult<string?>(null)),
            new("store", true, CheckStoreAsync),
            new("caches", false, _ => ValueTask.FromResult(hub.Fault ?? (hub.IsFilled ? null : "not filled yet"))),
        };
        foreach (var task in parts.StartupTasks)
        {
            checks.Add(new($"poststarthook/{task.Name}", false, _ =>
            {
                lock (startup)
                    return ValueTask.FromResult(startup[task.Name] is { Length: > 0 } fault ? fault : null);
            }));
        }

        checks.Add(new("shutdown", false, _ => ValueTask.FromResult(stopping.IsCancellationRequested ? "the server is shutting down" : null)));
        return checks;
    }

    private async ValueTask<string?> CheckStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Store.GetRevisionAsync(cancellationToken);
            return (await Store.GetStatusAsync(cancellationToken)).Fault;
        }
        catch (StoreException error)
        {
            return error.Message;
        }
    }

    private static IPEndPoint EndpointOf(string address)
    {
        var uri = new Uri(address.Replace("[::]", "[::1]"));
        return new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The API server listens on {Endpoint}")]
    private partial void LogListening(IPEndPoint endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The startup task {Name} failed and is tried again")]
    private partial void LogStartupTaskFailed(Exception error, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The startup task {Name} is tried again until it succeeds: {Reason}")]
    private partial void LogStartupTaskRefused(string name, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The startup task {Name} was refused again: {Reason}")]
    private partial void LogStartupTaskRefusedAgain(string name, string reason);
}
