using System.Net;
using Microsoft.Extensions.Logging;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.LeaderElection;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Pki;
using Orchestrator.Controllers;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy;
using Orchestrator.Linux.Netlink;
using Orchestrator.Scheduler;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Cli.Components;

/// <summary>Settings of the control plane: the API server's, and those of what runs beside it.</summary>
internal sealed record ControlPlaneOptions
{
    public required ApiServerSettings ApiServer { get; init; }

    public required IPNetwork ClusterCidr { get; init; }
    public required IPAddress ClusterDns { get; init; }

    /// <summary>Name of this instance in leader elections.</summary>
    public required string Identity { get; init; }

    /// <summary>How long a scheduler's or controller manager's Lease lasts.</summary>
    public TimeSpan LeaderLeaseDuration { get; init; }

    public TimeSpan NodeMonitorGracePeriod { get; init; }

    /// <summary>Table of the host's own Service rules; null leaves the host without. Of several control planes one keeps it.</summary>
    public string? HostProxyTable { get; init; }
}

/// <summary>
/// API server, controllers, scheduler and the host's proxy in one process. They talk to the API server as any client does, over TLS
/// and each under its own name, with that name's rights and no more.
/// </summary>
internal sealed class ControlPlane(ControlPlaneOptions options, ComponentContext context)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var pki = new ClusterPki(options.ApiServer.PkiDirectory, context.Time);
        await using var server = await ApiServerComponent.StartAsync(options.ApiServer, pki, context, cancellationToken);
        var url = new Uri($"https://{server.Host.Endpoints[0]}");
        using var controllerClient = NewClient(url, pki, pki.ControllerManager(), "controller-manager");
        using var schedulerClient = NewClient(url, pki, pki.Scheduler(), "scheduler");
        using var proxyClient = NewClient(url, pki, pki.Proxy(), "proxy");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> parts = [RunControllersAsync(controllerClient, pki, stop.Token), RunSchedulerAsync(schedulerClient, stop.Token)];
        if (options.HostProxyTable is { } table)
            parts.Add(RunHostProxyAsync(proxyClient, table, stop.Token));
        await server.Host.Ready.WaitAsync(cancellationToken);
        context.Notify.Ready($"ready at {url}");
        await Parts.RunTogetherAsync(parts, stop);
    }

    private InformerFactory NewInformers(IApiClient client) => new(client, InformerOptions.Default, context.Time, context.NewRandom(), context.Loggers);

    private ApiClient NewClient(Uri url, ClusterPki pki, KeyPair identity, string component) => new(
        new ApiClientOptions
        {
            Server = url,
            Component = component,
            CertificateAuthorities = [pki.Authority.Certificate],
            ClientCertificate = identity.ToCertificate(),
        },
        context.Time);

    private async Task RunControllersAsync(ApiClient client, ClusterPki pki, CancellationToken cancellationToken)
    {
        var manager = new ControllerManager(
            client, writer => new MetadataClient(writer, client.Options.Server),
            new ControllerManagerOptions
            {
                LeaderElectionIdentity = options.Identity,
                LeaderLeaseDuration = options.LeaderLeaseDuration,
                ClusterCidr = options.ClusterCidr.ToString(),
                ClusterDnsIp = options.ClusterDns.ToString(),
                NodeMonitorGracePeriod = options.NodeMonitorGracePeriod,
                RootCertificateAuthorityPem = pki.Authority.CertificatePem,
            },
            context.Time, context.NewRandom(), context.Loggers);
        await manager.RunAsync(cancellationToken);
    }

    private async Task RunSchedulerAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var informers = NewInformers(client);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Parts.RunTogetherAsync(
            [SchedulerComponent.RunAsync(client, informers, options.Identity, options.LeaderLeaseDuration, context, stop.Token), informers.RunAsync(stop.Token)], stop);
    }

    private async Task RunHostProxyAsync(ApiClient client, string table, CancellationToken cancellationToken)
    {
        using var turn = await HostProxyTurn.TakeAsync(options.ApiServer.DataDirectory, context.Time, cancellationToken);
        var informers = NewInformers(client);
        using var nftables = KernelNftables.Open();
        using var conntrack = Conntrack.Open();
        var proxyOptions = new ProxyOptions { TableName = table, PodRange = options.ClusterCidr };
        using var proxier = new Proxier(proxyOptions, informers, nftables, conntrack, context.Time, context.Loggers.CreateLogger<Proxier>());
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Parts.RunTogetherAsync([proxier.RunAsync(stop.Token), informers.RunAsync(stop.Token)], stop);
        }
        finally
        {
            // The next of several takes the rules over as they are.
            if (!options.ApiServer.SharePort)
                Proxier.RemoveTable(proxyOptions, nftables);
        }
    }
}

/// <summary>Runs the scheduler, as leader when others may stand by.</summary>
internal static class SchedulerComponent
{
    public static async Task RunAsync(
        IApiClient client, IInformerFactory informers, string identity, TimeSpan leaseDuration, ComponentContext context,
        CancellationToken cancellationToken)
    {
        var elector = new LeaderElector(
            client, LeaderElectionOptions.Of("kube-scheduler", identity, leaseDuration), context.Time, context.Loggers.CreateLogger<LeaderElector>());
        var writer = new FencedApiClient(client, () => elector.IsLeading);
        var events = new EventWriter(writer, context.Time, context.Loggers.CreateLogger<EventWriter>());
        using var scheduler = new PodScheduler(
            writer, informers, events.For("default-scheduler"), new SchedulerOptions(), PluginSet.Default(), context.Time, context.NewRandom(),
            context.Loggers.CreateLogger<PodScheduler>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publisher = new TracePublisher(client, scheduler.Traces, context.Time, context.Loggers.CreateLogger<TracePublisher>());
        await Parts.RunTogetherAsync([events.RunAsync(stop.Token), publisher.RunAsync(stop.Token), elector.RunAsync(scheduler.RunAsync, stop.Token)], stop);
    }
}

/// <summary>Tasks that live and end together.</summary>
internal static class Parts
{
    /// <summary>Waits until one ends, asks the rest to end, and throws what made the first one end.</summary>
    public static async Task RunTogetherAsync(IReadOnlyList<Task> parts, CancellationTokenSource stop)
    {
        var first = await Task.WhenAny(parts);
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (first.IsCanceled)
        {
            // All were asked to end.
        }

        await first;
    }
}
