using System.Collections.Concurrent;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Authentication.Tokens;

/// <summary>
/// Issues and checks service account tokens. A token is valid while its signature, issuer, audience and time are, and while the
/// account and the object it is bound to exist with the same UIDs. Signatures are checked once per token; existence every time.
/// </summary>
internal sealed class ServiceAccountTokens(SigningKeys keys, string issuer, IReadOnlyList<string> audiences, Func<IRegistryReader> reader, TimeProvider time)
{
    /// <summary>Tokens whose signature is remembered; beyond that the memory is emptied.</summary>
    private const int MaxRemembered = 10_000;

    /// <summary>A pod's token stays valid this long after its deletion was due, so that its last words are heard.</summary>
    private static readonly TimeSpan DeletionLeeway = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, VerifiedToken> verified = new();

    public string Issuer => issuer;

    /// <summary>Audiences of this API server: what tokens are issued for unless said otherwise.</summary>
    public IReadOnlyList<string> Audiences => audiences;

    public string Issue(TokenClaims claims) => WebToken.Sign(keys.Signer, claims.ToJson());

    /// <summary>A token of ours, checked for everything but its audience; null when it is none of ours.</summary>
    /// <param name="failure">Why a token of ours is not valid.</param>
    public VerifiedToken? Check(ReadOnlySpan<char> token, out string? failure)
    {
        failure = null;
        // Every request comes by here, and a token is a thousand characters: it is looked up where it lies.
        var remembered = verified.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!remembered.TryGetValue(token, out var found))
        {
            found = Verify(token.ToString());
            if (found is null)
                return null;
            if (verified.Count >= MaxRemembered)
                verified.Clear();
            remembered[token] = found;
        }

        var now = time.GetUtcNow();
        if (now.ToUnixTimeSeconds() >= found.Claims.Expires)
        {
            remembered.TryRemove(token, out _);
            failure = "service account token has expired";
        }
        else
            failure = FindMissing(found.Claims, now);
        return found;
    }

    private VerifiedToken? Verify(string token) =>
        WebToken.Verify(keys, token) is { } payload && TokenClaims.Parse(payload) is { } claims && claims.Issuer == issuer
            ? new VerifiedToken(claims, UserOf(claims), [.. audiences.Intersect(claims.Audiences)])
            : null;

    private static UserInfo UserOf(TokenClaims claims)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>();
        if (claims.Id.Length > 0)
            extra["authentication.kubernetes.io/credential-id"] = [$"JTI={claims.Id}"];
        if (claims.Pod is { } pod)
        {
            extra["authentication.kubernetes.io/pod-name"] = [pod.Name];
            extra["authentication.kubernetes.io/pod-uid"] = [pod.Uid];
        }

        if (claims.Node is { } node)
        {
            extra["authentication.kubernetes.io/node-name"] = [node.Name];
            extra["authentication.kubernetes.io/node-uid"] = [node.Uid];
        }

        return new UserInfo(claims.Subject, claims.ServiceAccountUid, [.. ServiceAccountName.Groups(claims.Namespace), "system:authenticated"], extra);
    }

    private string? FindMissing(TokenClaims claims, DateTimeOffset now)
    {
        var cache = reader();
        if (cache.Get<ServiceAccount>(claims.Namespace, claims.ServiceAccount)?.Metadata.Uid != claims.ServiceAccountUid)
            return "service account has been deleted";
        if (claims.Pod is { } pod && !IsAlive(cache.Get<Pod>(claims.Namespace, pod.Name), pod, now))
            return "service account token has been invalidated: its pod is gone";
        if (claims.Secret is { } secret && !IsAlive(cache.Get<Secret>(claims.Namespace, secret.Name), secret, now))
            return "service account token has been invalidated: its secret is gone";
        return claims is { Node: { } node, Pod: null } && !IsAlive(cache.Get<Node>("", node.Name), node, now)
            ? "service account token has been invalidated: its node is gone"
            : null;
    }

    private static bool IsAlive(KubernetesObject? item, NamedObject bound, DateTimeOffset now) =>
        item?.Metadata.Uid == bound.Uid && !(item?.Metadata.DeletionTimestamp + DeletionLeeway < now);
}

/// <summary>A token whose signature was checked.</summary>
/// <param name="User">Whom it makes its bearer.</param>
/// <param name="Audiences">Those of this API server's that it is for.</param>
internal sealed record VerifiedToken(TokenClaims Claims, UserInfo User, IReadOnlyList<string> Audiences);
