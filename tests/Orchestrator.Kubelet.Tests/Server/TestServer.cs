using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orchestrator.Client.Pki;
using Orchestrator.Kubelet.Hollow;

namespace Orchestrator.Kubelet.Tests.Server;

/// <summary>A kubelet with its server on a free port, and clients with certificates to talk to it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CertificateAuthority authority = CertificateAuthority.Create("test-ca", new FakeClock());
    private readonly X509Certificate2 administrator;

    public TestServer()
    {
        var serving = Usable(authority.IssueServing("node1", ["node1"], [IPAddress.Loopback]));
        administrator = Usable(authority.IssueClient("kube-apiserver-kubelet-client", []));
        Kubelet = new(options => options with
        {
            Server = new() { Address = IPAddress.Loopback, Port = 0, ServingCertificate = serving, ClientAuthorities = [authority.Certificate] },
        });
    }

    public TestKubelet Kubelet { get; }

    public FakeBehaviour Behaviour => Kubelet.Runtime.Behaviour;

    public Uri Address => new($"https://127.0.0.1:{Kubelet.Host.ServerPort}");

    /// <summary>Starts, and waits for a pod "web" with a container "app" to run.</summary>
    public async Task<TestServer> StartAsync()
    {
        Kubelet.Start();
        await Settle.UntilAsync(() => Kubelet.Host.ServerPort != 0);
        await Kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Stdin = true }));
        await Kubelet.UntilAsync(() => Kubelet.Phase("web") == "Running");
        return this;
    }

    public HttpClient Http(X509Certificate2? certificate = null, bool anonymous = false)
    {
        var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        if (!anonymous)
            handler.SslOptions.ClientCertificates = [certificate ?? administrator];
        return new(handler) { BaseAddress = Address };
    }

    public X509Certificate2 CertificateFor(string user, params string[] groups) => Usable(authority.IssueClient(user, groups));

    public async Task<ClientWebSocket> WebSocketAsync(string pathAndQuery, string? protocol, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.ClientCertificates = [administrator];
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (protocol is not null)
            socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{Kubelet.Host.ServerPort}{pathAndQuery}"), cancellationToken);
        return socket;
    }

    /// <summary>A connection upgraded to SPDY/3.1, and the answer's header lines.</summary>
    public Task<(Stream Stream, string Answer)> SpdyAsync(string pathAndQuery, string protocols, CancellationToken cancellationToken) => UpgradeAsync(
        $"POST {pathAndQuery} HTTP/1.1\r\nHost: node1\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n{string.Concat(protocols.Split(',').Select(name => $"X-Stream-Protocol-Version: {name}\r\n"))}\r\n",
        cancellationToken);

    /// <summary>A WebSocket whose sub-protocol .NET's own client would refuse to send.</summary>
    public async Task<WebSocket> TunnelAsync(string pathAndQuery, string protocol, CancellationToken cancellationToken)
    {
        var (stream, answer) = await UpgradeAsync(
            $"GET {pathAndQuery} HTTP/1.1\r\nHost: node1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n",
            cancellationToken);
        Assert.That(answer, Does.StartWith("HTTP/1.1 101").And.Contain($"Sec-WebSocket-Protocol: {protocol}").And.Contain("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
    }

    private async Task<(Stream Stream, string Answer)> UpgradeAsync(string request, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, Kubelet.Host.ServerPort, cancellationToken);
        var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true, (_, _, _, _, _) => administrator);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "node1", ClientCertificates = [administrator] }, cancellationToken);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await tls.ReadExactlyAsync(one, cancellationToken);
            answer.Append((char)one[0]);
        }

        return (tls, answer.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Kubelet.DisposeAsync();
        administrator.Dispose();
        authority.Dispose();
    }

    /// <summary>TLS wants the key in the form that comes from a PKCS#12.</summary>
    private static X509Certificate2 Usable(KeyPair pair)
    {
        using var certificate = pair.ToCertificate();
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
