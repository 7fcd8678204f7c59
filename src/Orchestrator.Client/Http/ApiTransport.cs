using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client;

/// <summary>Connections to an API server: TLS as the options say, HTTP/2 with keep-alive pings.</summary>
internal static class ApiTransport
{
    public static MediaTypeWithQualityHeaderValue AcceptJson { get; } = new("application/json");

    public static SocketsHttpHandler CreateHandler(ApiClientOptions options) => new()
    {
        SslOptions = CreateTlsOptions(options),
        ConnectTimeout = options.ConnectTimeout,
        KeepAlivePingDelay = options.KeepAliveDelay,
        KeepAlivePingTimeout = options.KeepAliveDelay,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        // A watch each for some twenty kinds shares the connection with requests; a second one opens when the server's stream limit is met.
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    };

    public static SslClientAuthenticationOptions CreateTlsOptions(ApiClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.TlsServerName };
        if (options.ClientCertificate is { } certificate)
        {
            tls.ClientCertificates = [certificate];
            // Servers list the authorities they accept; ours is given on purpose and is sent whatever they list.
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        if (options.InsecureSkipTlsVerify)
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (options.CertificateAuthorities is { } authorities)
            tls.CertificateChainPolicy = TrustOnly(authorities);
        return tls;
    }

    /// <summary>A user agent's version may hold few characters; others become '-'.</summary>
    public static string ProductToken(string component) =>
        string.Concat(component.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-'));

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
