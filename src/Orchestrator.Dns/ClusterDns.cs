using Microsoft.Extensions.Logging;
using Orchestrator.Client.Informers;
using Orchestrator.Dns.Answers;
using Orchestrator.Dns.Forwarding;
using Orchestrator.Dns.Server;
using Orchestrator.Dns.Zone;

namespace Orchestrator.Dns;

/// <summary>The cluster's DNS server, put together: informers -> snapshot -> answers. The caller runs the informers.</summary>
public sealed class ClusterDns : IDisposable
{
    private readonly ClusterZone _zone;
    private readonly DnsServer _server;

    /// <param name="random">For message ids of forwarded questions: from a good source, as they keep forged answers out.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An address or port cannot be had.</exception>
    public ClusterDns(DnsOptions options, IInformerFactory informers, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _zone = new ClusterZone(informers);
        var forwarder = new Forwarder(options, time, random, loggers.CreateLogger<Forwarder>());
        var responder = new DnsResponder(options, () => _zone.Snapshot, forwarder);
        _server = new DnsServer(options, responder, time, loggers.CreateLogger<DnsServer>());
    }

    public IReadOnlyList<System.Net.IPEndPoint> Endpoints => _server.Endpoints;

    /// <summary>Serves until cancelled. Before the informers have synced, names of the cluster are answered with "try later".</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_zone.WaitForSyncAsync(cancellationToken), _server.RunAsync(cancellationToken));

    public void Dispose() => _server.Dispose();
}
