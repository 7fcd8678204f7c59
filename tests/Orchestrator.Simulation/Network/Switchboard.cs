using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Network;

/// <summary>The servers there are, and a link from each client to each of them.</summary>
internal sealed class Switchboard(Pump pump, Random random, IReadOnlyList<ServerSlot> servers, IWireMonitor monitor)
{
    private readonly Dictionary<(string Client, ServerSlot Server), Link> links = [];

    public IReadOnlyList<ServerSlot> Servers => servers;

    public IWireMonitor Monitor => monitor;

    public IClientMonitor? ClientMonitor { get; init; }

    /// <summary>Messages of all links may take up to this much longer.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>How the URI of a watch reads when it arrives, which is also the moment between a client's list and its watch.</summary>
    public Func<Uri, Uri> WatchArrives { get; set; } = uri => uri;

    /// <summary>A client keeps its links when its process is started again.</summary>
    public Link Between(string client, ServerSlot server)
    {
        if (!links.TryGetValue((client, server), out var link))
            links[(client, server)] = link = new Link(this, pump, random);
        return link;
    }

    public IReadOnlyList<Link> AllLinks => [.. links.Values];

    private void NoteRefusal() => pump.Faults.Add(FaultKind.RefusedConnection);

    public HttpMessageHandler NewTransport(SimulatedProcess client, int preferred) => new Transport(this, client, preferred);

    /// <summary>
    /// A client's connections. It stays with one server as long as that answers, and goes on to the next when it cannot be reached.
    /// </summary>
    private sealed class Transport : HttpMessageHandler
    {
        private readonly Switchboard board;
        private readonly SimulatedProcess client;
        private readonly HashSet<Exchange> open = [];
        private int chosen;

        public Transport(Switchboard board, SimulatedProcess client, int preferred)
        {
            this.board = board;
            this.client = client;
            chosen = preferred % board.Servers.Count;
            client.Died += AbandonAll;
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var server = board.Servers[chosen];
            var link = board.Between(client.Name, server);
            var exchange = new Exchange(request, client, server, link, open, board.Monitor, board.ClientMonitor);
            client.Pump.After(link.ConnectDelay(), client, () => Connect(exchange));
            // HttpClient goes on where this completes, which must be a step without a context (see Step).
            using (cancellationToken.UnsafeRegister(_ => exchange.Cancel(cancellationToken), null))
                return await exchange.Answer.ConfigureAwait(false);
        }

        private void Connect(Exchange exchange)
        {
            if (exchange.Server.IsUp && !exchange.Link.IsCut)
            {
                if (exchange.IsWatch)
                    exchange.Uri = board.WatchArrives(exchange.Uri);
                exchange.Begin();
                return;
            }

            board.NoteRefusal();
            if (exchange.Server == board.Servers[chosen])
                chosen = (chosen + 1) % board.Servers.Count;
            exchange.Refuse();
        }

        private void AbandonAll()
        {
            foreach (var exchange in open.ToArray())
                exchange.Break("the client was killed");
        }
    }
}
