using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Authentication.Tokens;

namespace Orchestrator.ApiServer.Authentication;

/// <summary>Users by bearer token: service accounts' and fixed ones.</summary>
internal sealed class BearerTokens(IReadOnlyDictionary<string, UserInfo> fixedTokens, ServiceAccountTokens serviceAccounts) : IAuthenticator
{
    private const string Scheme = "Bearer ";

    // Looked up by hash, so that the time a lookup takes says nothing of the tokens there are.
    private readonly FrozenDictionary<string, UserInfo> byHash = fixedTokens.ToFrozenDictionary(pair => HashOf(pair.Key), pair => pair.Value);

    /// <summary>Audiences of this API server.</summary>
    public IReadOnlyList<string> DefaultAudiences => serviceAccounts.Audiences;

    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        string? header = http.Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return new(AuthenticationResult.None);
        var token = header.AsSpan(Scheme.Length).Trim();
        return new(token.Length == 0 ? AuthenticationResult.None : Authenticate(token, serviceAccounts.Audiences, out _));
    }

    /// <param name="wanted">The token must be for one of these.</param>
    /// <param name="matched">Those it is for, of the wanted.</param>
    public AuthenticationResult Authenticate(ReadOnlySpan<char> token, IReadOnlyList<string> wanted, out IReadOnlyList<string> matched)
    {
        matched = wanted;
        if (serviceAccounts.Check(token, out var failure) is not { } known)
        {
            return byHash.Count > 0 && byHash.TryGetValue(HashOf(token.ToString()), out var user)
                ? AuthenticationResult.Accepted(user)
                : AuthenticationResult.Failed("invalid bearer token");
        }

        matched = ReferenceEquals(wanted, serviceAccounts.Audiences) ? known.Audiences : [.. wanted.Intersect(known.Claims.Audiences)];
        if (failure is null && matched.Count == 0)
            failure = $"token audiences [{string.Join(' ', known.Claims.Audiences)}] is invalid for the target audiences [{string.Join(' ', wanted)}]";
        return failure is null ? AuthenticationResult.Accepted(known.User) : AuthenticationResult.Failed(failure);
    }

    private static string HashOf(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
