using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Orchestrator.Client.Pki;

namespace Orchestrator.ApiServer.Authentication;

/// <summary>
/// Users by client certificate: CN is the name, each O a group. The chain is checked once per connection, the end of validity
/// with every request.
/// </summary>
internal sealed class ClientCertificates(X509Certificate2Collection authorities, TimeProvider time) : IAuthenticator
{
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string OrganizationOid = "2.5.4.10";
    private const string CommonNameOid = "2.5.4.3";

    private readonly ConditionalWeakTable<X509Certificate2, Known> known = [];

    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken) =>
        new(http.Connection.ClientCertificate is { } certificate ? Authenticate(certificate) : AuthenticationResult.None);

    public AuthenticationResult Authenticate(X509Certificate2 certificate)
    {
        var entry = known.GetValue(certificate, Verify);
        return entry.Result.User is not null && time.GetUtcNow() > entry.End
            ? AuthenticationResult.Failed("client certificate has expired")
            : entry.Result;
    }

    private Known Verify(X509Certificate2 certificate)
    {
        var end = new DateTimeOffset(certificate.NotAfter);
        if (!CertificateVerifier.Chains(certificate, authorities, time, out var failure))
            return new Known(AuthenticationResult.Failed($"client certificate: {failure}"), end);
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (usages is null || usages.EnhancedKeyUsages[ClientUsage] is null)
            return new Known(AuthenticationResult.Failed("client certificate: not for client authentication"), end);
        return new Known(UserOf(certificate) is { } user ? AuthenticationResult.Accepted(user) : AuthenticationResult.None, end);
    }

    private static UserInfo? UserOf(X509Certificate2 certificate)
    {
        var name = "";
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements)
                continue;
            if (part.GetSingleElementType().Value == CommonNameOid)
                name = part.GetSingleElementValue() ?? "";
            else if (part.GetSingleElementType().Value == OrganizationOid)
                groups.Add(part.GetSingleElementValue() ?? "");
        }

        if (name.Length == 0)
            return null;
        groups.Add("system:authenticated");
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        return new UserInfo(name, "", groups, new Dictionary<string, IReadOnlyList<string>>
        {
            ["authentication.kubernetes.io/credential-id"] = [$"X509SHA256={fingerprint}"],
        });
    }

    private sealed record Known(AuthenticationResult Result, DateTimeOffset End);
}
