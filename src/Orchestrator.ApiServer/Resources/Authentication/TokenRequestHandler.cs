using Orchestrator.Api;
using Orchestrator.Api.Authentication.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Authentication;

/// <summary>serviceaccounts/token: issues a token for the account, for some audience and time, bound to a pod, secret or node if wanted.</summary>
/// <param name="names">Makes the tokens' ids, which tell them apart and need not be hard to guess: they are signed.</param>
internal sealed class TokenRequestHandler(ServiceAccountTokens tokens, NameGenerator names) : ICreateHandler
{
    private const long MinSeconds = 600;
    private const long MaxSeconds = 1L << 32;

    /// <summary>What pods get of a token's life beyond the hour they ask for, for clients that never read it again.</summary>
    private const long InjectedSeconds = 3607;

    private static readonly long ExtendedSeconds = (long)TimeSpan.FromDays(365).TotalSeconds;

    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var request = body.As<TokenRequest>();
        var spec = request.Spec ?? new TokenRequestSpec();
        var (@namespace, name) = (context.Info.Namespace, context.Info.Name);
        var account = await context.Server.Reader.GetLatestAsync<ServiceAccount>(@namespace, name, cancellationToken)
            ?? throw ApiErrors.NotFound(ResourceOf<ServiceAccount>.Resource, name);
        Validate(spec, name);

        var audiences = spec.Audiences is { Count: > 0 } wanted ? wanted : tokens.Audiences;
        var seconds = spec.ExpirationSeconds ?? 3600;
        var now = context.Server.Time.GetUtcNow();
        var claims = new TokenClaims
        {
            Issuer = tokens.Issuer,
            Audiences = audiences,
            IssuedAt = now.ToUnixTimeSeconds(),
            Expires = now.ToUnixTimeSeconds() + (seconds == InjectedSeconds && IsForThisServer(audiences) ? ExtendedSeconds : seconds),
            Id = names.NewUid(),
            Namespace = @namespace,
            ServiceAccount = name,
            ServiceAccountUid = account.Metadata.Uid ?? "",
        };
        claims = await BindAsync(context, claims, spec.BoundObjectRef, cancellationToken);

        // The time told is the one asked for, so that clients renew in time although the token lives longer.
        return Statuses.Answer(request with
        {
            Metadata = request.Metadata with { Name = name, Namespace = @namespace, CreationTimestamp = now },
            Spec = spec with { Audiences = audiences, ExpirationSeconds = seconds },
            Status = new TokenRequestStatus { Token = tokens.Issue(claims), ExpirationTimestamp = now.AddSeconds(seconds) },
        });
    }

    private bool IsForThisServer(IReadOnlyList<string> audiences) => audiences.Any(tokens.Audiences.Contains);

    private static void Validate(TokenRequestSpec spec, string name)
    {
        var errors = new FieldErrors();
        var path = FieldPath.Of("spec").Child("expirationSeconds");
        if (spec.ExpirationSeconds < MinSeconds)
            errors.Invalid(path, spec.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        else if (spec.ExpirationSeconds > MaxSeconds)
            errors.Invalid(path, spec.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        if (errors.Count > 0)
            throw ApiErrors.Invalid(ResourceOf<TokenRequest>.Kind, name, errors);
    }

    private static async ValueTask<TokenClaims> BindAsync(
        RequestContext context, TokenClaims claims, BoundObjectReference? reference, CancellationToken cancellationToken)
    {
        if (reference is null)
            return claims;
        var reader = context.Server.Reader;
        switch (reference.ApiVersion, reference.Kind)
        {
            case ("v1", "Pod"):
                var pod = await reader.GetLatestAsync<Pod>(claims.Namespace, reference.Name ?? "", cancellationToken);
                var boundPod = Bound(pod, reference);
                if (pod!.Spec?.ServiceAccountName != claims.ServiceAccount)
                    throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{claims.ServiceAccount}\" to pod running with different serviceaccount name.");
                return claims with { Pod = boundPod, Node = NodeOf(reader, pod) };
            case ("v1", "Secret"):
                return claims with { Secret = Bound(await reader.GetLatestAsync<Secret>(claims.Namespace, reference.Name ?? "", cancellationToken), reference) };
            case ("v1", "Node"):
                return claims with { Node = Bound(await reader.GetLatestAsync<Node>("", reference.Name ?? "", cancellationToken), reference) };
            default:
                throw ApiErrors.BadRequest($"cannot bind token to object of type {GroupVersionKind.Parse(reference.ApiVersion ?? "", reference.Kind ?? "")}");
        }
    }

    private static NamedObject? NodeOf(IRegistryReader reader, Pod pod) => pod.Spec?.NodeName is { Length: > 0 } name
        && reader.Get<Node>("", name)?.Metadata.Uid is { } uid ? new NamedObject(name, uid) : null;

    private static NamedObject Bound<T>(T? item, BoundObjectReference reference)
        where T : KubernetesObject
    {
        if (item is null)
            throw ApiErrors.NotFound(ResourceOf<T>.Resource, reference.Name ?? "");
        if (reference.Uid is { Length: > 0 } uid && uid != item.Metadata.Uid)
            throw ApiErrors.Conflict(ResourceOf<T>.Resource, reference.Name ?? "",
                $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        return new NamedObject(item.Metadata.Name!, item.Metadata.Uid!);
    }
}
