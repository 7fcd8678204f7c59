using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Client.Pki;

namespace Orchestrator.ApiServer.Streaming;

/// <summary>Opens connections to backends over TLS. Thread-safe.</summary>
/// <param name="clientCertificate">Shown to backends; null shows none.</param>
/// <param name="accepts">Whether a backend's certificate will do.</param>
internal class BackendConnector(X509Certificate2? clientCertificate, RemoteCertificateValidationCallback accepts, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private HttpMessageInvoker? invoker;

    /// <summary>Plain requests (logs, proxied requests) share kept connections.</summary>
    public HttpMessageInvoker Http => invoker ??= new HttpMessageInvoker(new SocketsHttpHandler
    {
        ConnectCallback = async (context, token) => await ConnectTcpAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, token),
        SslOptions = SslOptions(null),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    /// <summary>A TLS connection for a protocol of its own. The caller disposes it.</summary>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var tls = new SslStream(await ConnectTcpAsync(host, port, cancellationToken), leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(SslOptions(host), cancellationToken);
            return tls;
        }
        catch (Exception error)
        {
            await tls.DisposeAsync();
            if (error is AuthenticationException)
                throw ApiErrors.Internal($"error dialing backend: tls: {error.Message}");
            throw;
        }
    }

    public async Task<Stream> ConnectTcpAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(host, port, linked.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error)
        {
            socket.Dispose();
            if (error is SocketException)
                throw ApiErrors.Internal($"error dialing backend: dial tcp {host}:{port}: connect: {error.Message.ToLowerInvariant()}");
            if (error is OperationCanceledException && timeout.IsCancellationRequested)
                throw ApiErrors.Internal($"error dialing backend: dial tcp {host}:{port}: i/o timeout");
            throw;
        }
    }

    public void Dispose()
    {
        invoker?.Dispose();
        clientCertificate?.Dispose();
    }

    private SslClientAuthenticationOptions SslOptions(string? host) => new()
    {
        TargetHost = host,
        ClientCertificates = clientCertificate is null ? null : [clientCertificate],
        LocalCertificateSelectionCallback = clientCertificate is null ? null : (_, _, _, _, _) => clientCertificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = accepts,
    };
}

/// <summary>
/// Opens connections to kubelets: at the address and port their nodes report, with the API server's client certificate, and only
/// if the kubelet's serving certificate comes from the cluster's authority and names that address.
/// </summary>
internal sealed class KubeletConnector(X509Certificate2? clientCertificate, X509Certificate2Collection authorities, TimeProvider time)
    : BackendConnector(clientCertificate, (_, certificate, _, faults) => IsKubelet(certificate, faults, authorities, time), time)
{
    private const int DefaultPort = 10250;

    private static readonly string[] AddressOrder = ["InternalIP", "ExternalIP", "Hostname", "InternalDNS", "ExternalDNS"];

    /// <summary>Where the kubelet of a node listens.</summary>
    /// <exception cref="Api.Errors.ApiException">The node does not exist or reports no address.</exception>
    public static (string Host, int Port) AddressOf(IRegistryReader reader, string nodeName)
    {
        var node = reader.Get<Node>("", nodeName) ?? throw ApiErrors.NotFound(Api.ResourceOf<Node>.Resource, nodeName);
        var port = node.Status?.DaemonEndpoints?.KubeletEndpoint?.Port is > 0 and var reported ? reported : DefaultPort;
        foreach (var type in AddressOrder)
        {
            if (node.Status?.Addresses?.FirstOrDefault(address => address.Type == type)?.Address is { Length: > 0 } host)
                return (host, port);
        }

        throw ApiErrors.Internal($"no preferred addresses found for node \"{nodeName}\"; known addresses: []");
    }

    private static bool IsKubelet(X509Certificate? certificate, SslPolicyErrors faults, X509Certificate2Collection authorities, TimeProvider time) =>
        certificate is X509Certificate2 serving
        && !faults.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
        && CertificateVerifier.Chains(serving, authorities, time, out _);
}

/// <summary>
/// Opens connections to pods for the proxy subresources. Certificates of pods are their own affair and are not checked, as in
/// Kubernetes; no certificate is shown to them.
/// </summary>
internal sealed class PodConnector(TimeProvider time) : BackendConnector(null, (_, _, _, _) => true, time);
