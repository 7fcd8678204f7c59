using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Storage.Etcd;

/// <summary>TLS settings from PEM files.</summary>
internal static class EtcdTls
{
    /// <summary>Null when nothing is configured: the system's authorities, no client certificate.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: a file cannot be read, or holds no certificate.</exception>
    public static SslClientAuthenticationOptions? Create(EtcdStoreOptions options)
    {
        if (options.CaFile is null && options.CertificateFile is null)
            return null;
        try
        {
            var tls = new SslClientAuthenticationOptions();
            if (options.CaFile is { } caFile)
                tls.CertificateChainPolicy = TrustOnly(caFile);
            if (options.CertificateFile is { } certificateFile)
                tls.ClientCertificateContext = LoadClientCertificate(certificateFile, options.KeyFile);
            return tls;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StoreException(StoreError.Unavailable, $"cannot read the certificates for etcd: {e.Message}", e);
        }
    }

    private static X509ChainPolicy TrustOnly(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        if (policy.CustomTrustStore.Count == 0)
            throw new CryptographicException($"{caFile} holds no certificate");
        return policy;
    }

    private static SslStreamCertificateContext LoadClientCertificate(string certificateFile, string? keyFile)
    {
        var intermediates = new X509Certificate2Collection();
        intermediates.ImportFromPemFile(certificateFile);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), intermediates, offline: true);
    }
}
