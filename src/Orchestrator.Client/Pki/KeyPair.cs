using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client.Pki;

/// <summary>A certificate and its private key, both PEM (the key PKCS #8, not encrypted).</summary>
public sealed record KeyPair(string CertificatePem, string PrivateKeyPem)
{
    /// <summary>The certificate joined with its key, ready for TLS. The caller disposes it.</summary>
    public X509Certificate2 ToCertificate() => X509Certificate2.CreateFromPem(CertificatePem, PrivateKeyPem);

    /// <summary>Keeps the key out of logs.</summary>
    public override string ToString() => "KeyPair (key hidden)";
}
