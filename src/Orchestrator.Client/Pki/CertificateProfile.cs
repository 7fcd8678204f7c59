using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client.Pki;

/// <summary>What a certificate says: its subject, what it may be used for and which names and addresses it stands for.</summary>
public sealed record CertificateProfile
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public required string CommonName { get; init; }
    public IReadOnlyList<string> Organizations { get; init; } = [];
    public IReadOnlyList<string> DnsNames { get; init; } = [];
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];
    public bool ForClient { get; init; }
    public bool ForServer { get; init; }

    public static CertificateProfile Client(string user, IReadOnlyList<string> groups) =>
        new() { CommonName = user, Organizations = groups, ForClient = true };

    public static CertificateProfile Serving(string commonName, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses) =>
        new() { CommonName = commonName, DnsNames = dnsNames, Addresses = addresses, ForServer = true };

    /// <summary>Whether the certificate has exactly this subject and at least these names and addresses.</summary>
    internal bool Matches(X509Certificate2 certificate)
    {
        if (!certificate.SubjectName.RawData.AsSpan().SequenceEqual(BuildSubject().RawData))
            return false;
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var dnsNames = names?.EnumerateDnsNames().ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        var addresses = names?.EnumerateIPAddresses().ToHashSet() ?? [];
        return dnsNames.IsSupersetOf(DnsNames) && addresses.IsSupersetOf(Addresses);
    }

    internal CertificateRequest ToRequest(ECDsa key)
    {
        var request = new CertificateRequest(BuildSubject(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var usages = new OidCollection();
        if (ForServer)
            usages.Add(ServerAuthentication);
        if (ForClient)
            usages.Add(ClientAuthentication);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        if (DnsNames.Count + Addresses.Count > 0)
            request.CertificateExtensions.Add(BuildAlternativeNames());
        return request;
    }

    private X500DistinguishedName BuildSubject()
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var organization in Organizations)
            subject.AddOrganizationName(organization);
        subject.AddCommonName(CommonName);
        return subject.Build();
    }

    private X509Extension BuildAlternativeNames()
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var dnsName in DnsNames)
            names.AddDnsName(dnsName);
        foreach (var address in Addresses)
            names.AddIpAddress(address);
        return names.Build();
    }
}
