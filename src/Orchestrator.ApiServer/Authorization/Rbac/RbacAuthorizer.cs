namespace Orchestrator.ApiServer.Authorization.Rbac;

/// <summary>Allows what roles bound to the user or its groups allow; has no opinion on the rest.</summary>
internal sealed class RbacAuthorizer(RbacIndex index) : IAuthorizer
{
    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        foreach (var applied in index.RulesFor(attributes.User, attributes.Namespace))
        {
            if (RuleMatch.Allows(applied.Rules, attributes))
                return new(AuthorizationResult.Allow(applied.Reason));
        }

        return new(AuthorizationResult.NoOpinion());
    }
}
