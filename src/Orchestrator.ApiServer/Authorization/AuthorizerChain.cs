using Orchestrator.ApiServer.Authentication;

namespace Orchestrator.ApiServer.Authorization;

/// <summary>Several authorizers as one: the first that allows or denies decides. The server's own work is always allowed.</summary>
internal sealed class AuthorizerChain(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    public async ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(attributes.User, UserInfo.ApiServer))
            return AuthorizationResult.Allow();
        var reason = "";
        foreach (var authorizer in authorizers)
        {
            var result = await authorizer.AuthorizeAsync(attributes, cancellationToken);
            if (result.Decision != AuthorizationDecision.NoOpinion)
                return result;
            if (result.Reason.Length > 0)
                reason = reason.Length == 0 ? result.Reason : $"{reason}, {result.Reason}";
        }

        return AuthorizationResult.NoOpinion(reason);
    }
}
