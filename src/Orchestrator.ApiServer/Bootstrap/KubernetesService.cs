using System.Net;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Resources.Core.Services;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>
/// The service default/kubernetes, by which pods find the API servers: the first address of the service range, and endpoints that
/// hold the advertised address of every server that is alive. A server shows that it is by a key with a lease in the store.
/// </summary>
internal sealed partial class KubernetesService(ILogger<KubernetesService> logger) : IStartupTask
{
    private const string ServiceName = "kubernetes";
    private const string Namespace = "default";
    private const string PortName = "https";
    private const int Port = 443;
    private const string LeasePrefix = "/registry/masterleases/";

    /// <summary>kube-apiserver's: a server that is gone is taken out after this.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int RaceAttempts = 10;

    private static readonly TimeSpan RacePause = TimeSpan.FromMilliseconds(50);

    private long lease;

    public string Name => "start-kubernetes-service-controller";

    public async Task RunAsync(IApiServer server, CancellationToken cancellationToken)
    {
        var address = ServiceRanges.FirstAddress(server.Options.ServiceCidr).ToString();
        await EnsureServiceAsync(server, NewService(address), cancellationToken);
        if (server.Options.Advertise is not { } advertised)
            return;
        await ReconcileAsync(server, advertised, cancellationToken);
        _ = FollowAsync(server, advertised, cancellationToken);
    }

    /// <summary>
    /// Of several servers that start at once one gets the address, and with it the name; the others are told of the address first.
    /// </summary>
    private static async Task EnsureServiceAsync(IApiServer server, Service service, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Ensure.ExistsAsync(server, service, cancellationToken);
                return;
            }
            catch (ApiException error) when (error.Reason == StatusReason.Invalid && attempt < RaceAttempts)
            {
                await Task.Delay(RacePause, server.Time, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(IApiServer server, IPEndPoint advertised, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Task.Delay(Interval, server.Time, cancellationToken);
                await ReconcileAsync(server, advertised, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error.Message);
            }
        }
    }

    private async Task ReconcileAsync(IApiServer server, IPEndPoint advertised, CancellationToken cancellationToken)
    {
        await ShowAliveAsync(server.Store, advertised, cancellationToken);
        var alive = await server.Store.RangeAsync(new RangeRequest { Prefix = LeasePrefix, KeysOnly = true }, cancellationToken);
        var addresses = alive.Items.Select(item => item.Key[LeasePrefix.Length..]).Order(StringComparer.Ordinal).ToList();
        await Task.WhenAll(
            Ensure.IsAsync(server, NewEndpoints(addresses, advertised.Port), existing => Correct(existing, addresses, advertised.Port), cancellationToken),
            Ensure.IsAsync(server, NewSlice(addresses, advertised.Port), existing => Correct(existing, addresses, advertised.Port), cancellationToken));
    }

    private async Task ShowAliveAsync(IKeyValueStore store, IPEndPoint advertised, CancellationToken cancellationToken)
    {
        if (lease != 0 && await store.KeepLeaseAliveAsync(lease, cancellationToken))
            return;
        lease = 0;
        var granted = await store.GrantLeaseAsync(LeaseTime, cancellationToken);
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(LeasePrefix + advertised.Address, "{}"u8.ToArray(), granted)]), cancellationToken);
        // Only now: a lease without the key would be kept alive for nothing.
        lease = granted;
    }

    private static Service NewService(string address) => new()
    {
        Metadata = new() { Name = ServiceName, Namespace = Namespace, Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
        Spec = new ServiceSpec
        {
            ClusterIP = address,
            ClusterIPs = [address],
            Ports = [new ServicePort { Name = PortName, Port = Port, Protocol = "TCP", TargetPort = 6443 }],
            SessionAffinity = "None",
            Type = "ClusterIP",
        },
    };

    private static Endpoints NewEndpoints(List<string> addresses, int port) => new()
    {
        Metadata = new() { Name = ServiceName, Namespace = Namespace, Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" } },
        Subsets =
        [
            new EndpointSubset
            {
                Addresses = [.. addresses.Select(address => new EndpointAddress { Ip = address })],
                Ports = [new Api.Core.V1.EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }],
            },
        ],
    };

    private static Endpoints Correct(Endpoints existing, List<string> addresses, int port)
    {
        var isRight = existing.Subsets is [{ Ports: [{ Port: { } known }], Addresses: { } held }] && known == port && held.Select(one => one.Ip).SequenceEqual(addresses);
        return isRight ? existing : existing with { Subsets = NewEndpoints(addresses, port).Subsets };
    }

    /// <summary>Servers of a cluster listen on the same port.</summary>
    private static EndpointSlice NewSlice(List<string> addresses, int port) => new()
    {
        Metadata = new() { Name = ServiceName, Namespace = Namespace, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = ServiceName } },
        AddressType = "IPv4",
        Endpoints = [.. addresses.Select(address => new Endpoint { Addresses = [address], Conditions = new EndpointConditions { Ready = true } })],
        Ports = [new Api.Discovery.V1.EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }],
    };

    private static EndpointSlice Correct(EndpointSlice existing, List<string> addresses, int port)
    {
        var isRight = existing.Ports is [{ Port: { } known }] && known == port
            && (existing.Endpoints ?? []).SelectMany(one => one.Addresses ?? []).SequenceEqual(addresses);
        return isRight ? existing : existing with { Endpoints = NewSlice(addresses, port).Endpoints, Ports = NewSlice(addresses, port).Ports };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The endpoints of service default/kubernetes could not be brought up to date: {Reason}")]
    private partial void LogFailed(string reason);
}
