using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client;

/// <summary>How to reach one API server, and as whom.</summary>
public sealed record ApiClientOptions
{
    /// <summary>Root of the server, e.g. https://127.0.0.1:6443.</summary>
    public required Uri Server { get; init; }

    /// <summary>Who calls, e.g. "scheduler": part of the user agent, and the field manager of writes.</summary>
    public required string Component { get; init; }

    /// <summary>The only authorities trusted for the server's certificate; null trusts those of the machine.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>Name to expect in the server's certificate instead of the URL's host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Accepts any server certificate: for people who ask for it in their kubeconfig, never set by the product.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>With private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public string? BearerToken { get; init; }

    /// <summary>A file with the bearer token, read again each <see cref="TokenFileMaxAge"/>; wins over <see cref="BearerToken"/>.</summary>
    public string? BearerTokenFile { get; init; }

    /// <summary>Bound tokens are renewed well before they expire; a minute's delay is what client-go allows too.</summary>
    public TimeSpan TokenFileMaxAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A request other than a watch or a stream fails after this time.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>A TCP and TLS connection not made after this time counts as refused.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An HTTP/2 connection that is silent for this long is pinged; no answer within the same time closes it.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a request is sent at most when the server asks to wait, or could not be reached.</summary>
    public int MaxAttempts { get; init; } = 5;
}
