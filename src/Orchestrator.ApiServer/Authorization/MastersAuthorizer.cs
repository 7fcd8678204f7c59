namespace Orchestrator.ApiServer.Authorization;

/// <summary>Members of system:masters may do everything: the way back in when roles and bindings are broken.</summary>
internal sealed class MastersAuthorizer : IAuthorizer
{
    public const string Group = "system:masters";

    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) =>
        new(attributes.User.IsInGroup(Group) ? AuthorizationResult.Allow() : AuthorizationResult.NoOpinion());
}
