using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client.Pki;

/// <summary>Checks certificates against private authorities, never against the machine's own trust store.</summary>
public static class CertificateVerifier
{
    /// <summary>
    /// Whether the certificate chains to one of the authorities. Dates are checked against <paramref name="time"/> unless null.
    /// Revocation is not checked: private authorities publish none.
    /// </summary>
    /// <param name="failure">Why not, for messages.</param>
    public static bool Chains(X509Certificate2 certificate, X509Certificate2Collection authorities, TimeProvider? time, out string? failure)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (time is null)
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        else
            chain.ChainPolicy.VerificationTime = time.GetUtcNow().LocalDateTime;
        var valid = chain.Build(certificate);
        failure = valid ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation));
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        return valid;
    }

    /// <summary>The certificates in a PEM text, such as a bundle of authorities.</summary>
    public static X509Certificate2Collection ReadPem(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates;
    }
}
