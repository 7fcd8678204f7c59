using Orchestrator.Api.Authentication.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Authentication;

/// <summary>TokenReview: whose token is this?</summary>
internal sealed class TokenReviewHandler(BearerTokens tokens) : ICreateHandler
{
    public ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var review = body.As<TokenReview>();
        if (review.Spec?.Token is not { Length: > 0 } token)
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        IReadOnlyList<string> wanted = review.Spec.Audiences is { Count: > 0 } audiences ? audiences : tokens.DefaultAudiences;
        var result = tokens.Authenticate(token, wanted, out var matched);
        var status = result.User is { } user
            ? new TokenReviewStatus { Authenticated = true, User = Describe(user), Audiences = matched }
            : new TokenReviewStatus { Error = result.Error };
        return new(Statuses.Answer(review with { Status = status }));
    }

    public static Api.Authentication.V1.UserInfo Describe(ApiServer.Authentication.UserInfo user) => new()
    {
        Username = user.Name,
        Uid = user.Uid.Length == 0 ? null : user.Uid,
        Groups = user.Groups,
        Extra = user.Extra.Count == 0 ? null : user.Extra,
    };
}

/// <summary>SelfSubjectReview: who am I? (<c>kubectl auth whoami</c>)</summary>
internal sealed class SelfSubjectReviewHandler : ICreateHandler
{
    public ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken) =>
        new(Statuses.Answer(new SelfSubjectReview
        {
            Metadata = new() { CreationTimestamp = context.Received },
            Status = new SelfSubjectReviewStatus { UserInfo = TokenReviewHandler.Describe(context.User) },
        }));
}

/// <summary>The kinds of authentication.k8s.io, none of which is stored.</summary>
internal static class AuthenticationResources
{
    public static ResourceDefinition TokenReviews(BearerTokens tokens) => ResourceDefinition.ForReview<TokenReview>(new TokenReviewHandler(tokens));

    public static ResourceDefinition SelfSubjectReviews { get; } = ResourceDefinition.ForReview<SelfSubjectReview>(new SelfSubjectReviewHandler());
}
