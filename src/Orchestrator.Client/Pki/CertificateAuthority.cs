using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client.Pki;

/// <summary>
/// A certificate authority with an ECDSA P-256 key: issues client and serving certificates, in memory or kept on disk. Members may
/// be called concurrently. The clock of certificate times is the one given; keys and serial numbers come from the system's
/// cryptographic generator.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>How long a new authority lives (kubeadm's choice).</summary>
    public static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);

    /// <summary>How long certificates live unless said otherwise (kubeadm's choice).</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(365);

    /// <summary>Certificates start to be valid a little in the past, for machines whose clocks differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly ECDsa key;
    private readonly X509Certificate2 certificate;
    private readonly TimeProvider time;
    private readonly X509SignatureGenerator generator;

    private CertificateAuthority(KeyPair pair, TimeProvider time)
    {
        this.time = time;
        key = ECDsa.Create();
        key.ImportFromPem(pair.PrivateKeyPem);
        certificate = X509Certificate2.CreateFromPem(pair.CertificatePem);
        generator = X509SignatureGenerator.CreateForECDsa(key);
        CertificatePem = pair.CertificatePem;
    }

    /// <summary>The authority's own certificate, without its key.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>The authority's own certificate: what clients trust.</summary>
    public string CertificatePem { get; }

    /// <summary>Makes a new authority in memory.</summary>
    public static CertificateAuthority Create(string commonName, TimeProvider time) => new(NewPair(commonName, time), time);

    /// <summary>
    /// Loads <c>name.crt</c> and <c>name.key</c> from <paramref name="directory"/>, or makes and stores them (key mode 0600). When
    /// several processes start at once all end up with the same authority.
    /// </summary>
    /// <exception cref="CryptographicException">The files exist but do not hold a certificate and its key.</exception>
    public static CertificateAuthority LoadOrCreate(string directory, string name, string commonName, TimeProvider time)
    {
        var pair = KeyPairFile.TryRead(directory, name) ?? KeyPairFile.WriteNew(directory, name, NewPair(commonName, time));
        return new CertificateAuthority(pair, time);
    }

    /// <summary>A certificate for a user of the API: CN is the user's name, each O is a group.</summary>
    public KeyPair IssueClient(string user, IReadOnlyList<string> groups, TimeSpan? lifetime = null) =>
        Issue(CertificateProfile.Client(user, groups), lifetime ?? DefaultLifetime);

    /// <summary>A certificate for a server reached under the given DNS names and addresses.</summary>
    public KeyPair IssueServing(
        string commonName, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, TimeSpan? lifetime = null) =>
        Issue(CertificateProfile.Serving(commonName, dnsNames, addresses), lifetime ?? DefaultLifetime);

    /// <summary>Makes a key and a certificate for it as the profile says.</summary>
    public KeyPair Issue(CertificateProfile profile, TimeSpan lifetime)
    {
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = profile.ToRequest(leafKey);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = time.GetUtcNow();
        var end = now + lifetime;
        if (end > certificate.NotAfter)
            end = certificate.NotAfter;
        using var issued = request.Create(certificate.SubjectName, generator, now - ClockSkew, end, NewSerialNumber());
        return new KeyPair(issued.ExportCertificatePem() + "\n", leafKey.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>
    /// Loads <c>name.crt</c> and <c>name.key</c> if they fit the profile, come from this authority and have more than a third of
    /// their life left; otherwise issues and stores new ones.
    /// </summary>
    public KeyPair LoadOrIssue(string directory, string name, CertificateProfile profile, TimeSpan? lifetime = null)
    {
        var pair = KeyPairFile.TryRead(directory, name);
        if (pair is not null && !MustRenew(pair, profile))
            return pair;
        pair = Issue(profile, lifetime ?? DefaultLifetime);
        KeyPairFile.Replace(directory, name, pair);
        return pair;
    }

    /// <summary>Whether a certificate must be issued again: little life left, other names, or another authority.</summary>
    public bool MustRenew(KeyPair pair, CertificateProfile profile)
    {
        using var current = X509Certificate2.CreateFromPem(pair.CertificatePem);
        var left = current.NotAfter - time.GetUtcNow().LocalDateTime;
        return left < (current.NotAfter - current.NotBefore) / 3 || !profile.Matches(current) || !IsIssuerOf(current);
    }

    /// <summary>Whether the certificate was signed by this authority. Says nothing of its dates.</summary>
    public bool IsIssuerOf(X509Certificate2 candidate) => CertificateVerifier.Chains(candidate, [certificate], null, out _);

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }

    private static KeyPair NewPair(string commonName, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - ClockSkew, now + AuthorityLifetime, NewSerialNumber());
        return new KeyPair(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static byte[] NewSerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        // A serial number is a positive integer without leading zeroes (RFC 5280 section 4.1.2.2).
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        return serial;
    }
}
