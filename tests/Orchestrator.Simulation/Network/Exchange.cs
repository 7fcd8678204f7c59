using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Network;

/// <summary>One request and its response between a client and a server of the simulation, without sockets.</summary>
internal sealed class Exchange
{
    private readonly TaskCompletionSource<HttpResponseMessage> answer = new();
    private readonly CancellationTokenSource aborted = new();
    private readonly ResponseBody body;
    private readonly ICollection<Exchange> openOfClient;
    private readonly IWireMonitor monitor;
    private readonly IClientMonitor? clientMonitor;
    private readonly Queue<Action> arrivals = [];
    private bool isOver;

    public Exchange(HttpRequestMessage request, SimulatedProcess client, ServerSlot server, Link link, ICollection<Exchange> openOfClient, IWireMonitor monitor, IClientMonitor? clientMonitor)
    {
        this.openOfClient = openOfClient;
        openOfClient.Add(this);
        Method = request.Method.Method;
        Uri = request.RequestUri!;
        Server = server;
        Client = client;
        this.monitor = monitor;
        Link = link;
        Headers = [.. request.Headers, .. request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()];
        RequestBody = ReadAll(request.Content);
        body = new ResponseBody(client);
        body.Closed += Abort;
        this.clientMonitor = clientMonitor;
        clientMonitor?.Sent(this);
    }

    public string Method { get; }

    public Uri Uri { get; set; }

    public bool IsWatch => Uri.Query.Contains("watch=", StringComparison.Ordinal);

    public SimulatedProcess Client { get; }

    public ServerSlot Server { get; }

    public Link Link { get; }

    public List<KeyValuePair<string, IEnumerable<string>>> Headers { get; }

    public byte[] RequestBody { get; }

    public Task<HttpResponseMessage> Answer => answer.Task;

    /// <summary>What the monitor keeps about this exchange.</summary>
    public object? MonitorState { get; set; }

    /// <summary>What the client's monitor keeps about it.</summary>
    public MemoryStream? ClientState { get; set; }

    private Pump Pump => Client.Pump;

    /// <summary>The request has reached a live server: it works on it in its own process.</summary>
    public void Begin()
    {
        var process = Server.Process!;
        Server.Open.Add(this);
        monitor.RequestArrived(this);
        process.Start(() => ServeAsync(Server.Handle!));
    }

    /// <summary>The client waits no longer.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (!isOver)
            monitor.Lost(this);
        Pump.EnqueueBare(Client, () => answer.TrySetCanceled(cancellationToken));
        Abort();
    }

    /// <summary>The connection cannot be made: nothing was sent.</summary>
    public void Refuse()
    {
        End();
        Pump.EnqueueBare(Client, () => answer.TrySetException(new HttpRequestException(HttpRequestError.ConnectionError, "connection refused")));
    }

    /// <summary>The connection breaks: the server may have done what was asked, or not.</summary>
    public void Break(string reason)
    {
        if (isOver)
            return;
        monitor.Lost(this);
        Abort();
        End();
        ToClient(() =>
        {
            answer.TrySetException(new HttpRequestException(HttpRequestError.ResponseEnded, reason));
            body.End(new IOException(reason));
        });
    }

    private async Task ServeAsync(Func<HttpContext, Task> handle)
    {
        var response = new ServerResponse(SendHead, SendBody);
        var context = new DefaultHttpContext(NewFeatures(response));
        context.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime(this, aborted.Token));
        await handle(context);
        if (isOver)
            return;
        if (aborted.IsCancellationRequested)
        {
            // The client has gone, and the server noticed: what it wrote may end anywhere.
            monitor.Lost(this);
            End();
            return;
        }

        response.Begin();
        monitor.ResponseEnded(this);
        End();
        ToClient(() =>
        {
            clientMonitor?.Ended(this);
            body.End(null);
        });
    }

    private void End()
    {
        isOver = true;
        Server.Open.Remove(this);
        openOfClient.Remove(this);
    }

    private void SendHead(ServerResponse response)
    {
        if (isOver)
            return;
        monitor.ResponseBegan(this, response.StatusCode);
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { Content = new StreamContent(body), Version = HttpVersion.Version20 };
        foreach (var (name, values) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                message.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        ToClient(() => answer.TrySetResult(message));
    }

    private void SendBody(byte[] bytes)
    {
        if (isOver)
            return;
        monitor.BodyWritten(this, bytes);
        ToClient(() =>
        {
            clientMonitor?.Arrived(this, bytes);
            body.Arrive(bytes);
        });
    }

    /// <summary>In order, however long each delay is; while the link is cut, nothing arrives.</summary>
    private void ToClient(Action arrive)
    {
        arrivals.Enqueue(arrive);
        Pump.After(Link.Latency(), Client, ArriveNext, isBare: true);
    }

    private void ArriveNext()
    {
        if (Link.Wait() is not { } wait)
        {
            Pump.Faults.Add(FaultKind.SilentConnection);
            arrivals.Clear();
            Break("the connection timed out");
            answer.TrySetException(new HttpRequestException(HttpRequestError.ResponseEnded, "the connection timed out"));
            body.End(new IOException("the connection timed out"));
        }
        else if (wait > TimeSpan.Zero)
        {
            Pump.Faults.Add(FaultKind.HeldMessage);
            Pump.After(wait, Client, ArriveNext, isBare: true);
        }
        else if (arrivals.TryDequeue(out var arrive))
            arrive();
    }

    private void Abort()
    {
        if (!isOver && Server.Process is { IsAlive: true } process)
            Pump.After(Link.Latency(), process, aborted.Cancel);
    }

    private FeatureCollection NewFeatures(ServerResponse response)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, values) in Headers)
            headers[name] = new StringValues([.. values]);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = Method, Path = System.Uri.UnescapeDataString(Uri.AbsolutePath), QueryString = Uri.Query, Protocol = "HTTP/2", Scheme = "https",
            Headers = headers, Body = new MemoryStream(RequestBody, writable: false),
        });
        features.Set<IHttpResponseFeature>(response);
        features.Set(response.BodyFeature);
        return features;
    }

    private static byte[] ReadAll(HttpContent? content)
    {
        if (content is null)
            return [];
        using var buffer = new MemoryStream();
        content.CopyTo(buffer, null, CancellationToken.None);
        return buffer.ToArray();
    }

    private sealed class Lifetime(Exchange exchange, CancellationToken aborted) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = aborted;

        public void Abort() => exchange.Break("the server gave the response up");
    }
}
