using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Authentication.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Client.Pki;

namespace Orchestrator.Kubelet.Server;

/// <summary>Client certificates by the configured authorities; else bearer tokens, which the API server judges.</summary>
internal sealed class KubeletAuthentication(KubeletServerOptions options, IApiClient client, TimeProvider time)
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const int MaxCachedTokens = 1000;
    private static readonly TimeSpan TokenCacheTime = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, (KubeletIdentity Identity, DateTimeOffset Until)> tokens = new(StringComparer.Ordinal);

    /// <returns>Null when the sender is unknown.</returns>
    public async ValueTask<KubeletIdentity?> AuthenticateAsync(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate && CertificateVerifier.Chains(certificate, options.ClientAuthorities, time, out _))
            return IdentityOf(certificate);
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? await ReviewAsync(header[scheme.Length..].Trim(), context.RequestAborted) : null;
    }

    private async Task<KubeletIdentity?> ReviewAsync(string token, CancellationToken cancellationToken)
    {
        if (tokens.TryGetValue(token, out var known) && time.GetUtcNow() < known.Until)
            return known.Identity;
        try
        {
            var review = await client.CreateAsync(new TokenReview { Spec = new() { Token = token } }, cancellationToken);
            if (review.Status is not { Authenticated: true, User: { } user })
                return null;
            var identity = new KubeletIdentity(user.Username ?? "", user.Groups ?? []);
            if (tokens.Count >= MaxCachedTokens)
                tokens.Clear();
            tokens[token] = (identity, time.GetUtcNow() + TokenCacheTime);
            return identity;
        }
        catch (ApiException)
        {
            // Without the API server's word the token proves nothing.
            return null;
        }
    }

    private static KubeletIdentity IdentityOf(X509Certificate2 certificate)
    {
        var name = "";
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            var type = part.GetSingleElementType().Value;
            if (type == CommonNameOid)
                name = part.GetSingleElementValue() ?? "";
            else if (type == OrganizationOid)
                groups.Add(part.GetSingleElementValue() ?? "");
        }

        return new(name, groups);
    }
}
