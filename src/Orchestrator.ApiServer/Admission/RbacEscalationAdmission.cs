using Orchestrator.Api;
using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Authorization.Rbac;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Nobody grants more than it has: who writes a role needs every right in it (or the verb "escalate"), who writes a binding needs
/// every right of the role (or the verb "bind" on it).
/// </summary>
internal sealed class RbacEscalationAdmission(RbacIndex rbac) : IValidatingAdmission
{
    public string Name => "RBACEscalation";

    public bool Handles(AdmissionAttributes attributes) =>
        attributes.Operation is AdmissionOperation.Create or AdmissionOperation.Update
            && attributes.Definition.Resource.Group == Resources.Rbac.RbacRules.Group
            && !attributes.User.IsInGroup(MastersAuthorizer.Group);

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var type = attributes.Definition.RecordType;
        if (type == typeof(Role) || type == typeof(ClusterRole))
            await CheckRoleAsync(attributes, cancellationToken);
        else
            await CheckBindingAsync(attributes, cancellationToken);
    }

    private async ValueTask CheckRoleAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var rules = attributes.Definition.RecordType == typeof(Role) ? attributes.Object!.As<Role>().Rules : attributes.Object!.As<ClusterRole>().Rules;
        var isAggregated = attributes.Definition.RecordType == typeof(ClusterRole) && attributes.Object!.As<ClusterRole>().AggregationRule is not null;
        if (await MayAsync(attributes, "escalate", attributes.Definition.Resource.Resource, attributes.Name, cancellationToken))
            return;
        if (isAggregated)
            rules = [.. rules ?? [], new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }, new PolicyRule { Verbs = ["*"], NonResourceURLs = ["*"] }];
        Require(attributes, rules ?? []);
    }

    private async ValueTask CheckBindingAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var reference = attributes.Definition.RecordType == typeof(RoleBinding) ? attributes.Object!.As<RoleBinding>().RoleRef : attributes.Object!.As<ClusterRoleBinding>().RoleRef;
        if (reference is null)
            return;
        var resource = reference.Kind == "ClusterRole" ? "clusterroles" : "roles";
        if (await MayAsync(attributes, "bind", resource, reference.Name ?? "", cancellationToken))
            return;
        var rules = rbac.Resolve(reference, attributes.Namespace)
            ?? throw ApiErrors.NotFound(new GroupVersionResource(Resources.Rbac.RbacRules.Group, "v1", resource), reference.Name ?? "");
        Require(attributes, rules);
    }

    private static async ValueTask<bool> MayAsync(AdmissionAttributes attributes, string verb, string resource, string name, CancellationToken cancellationToken)
    {
        var result = await attributes.Context.Server.Authorizer.AuthorizeAsync(new AuthorizationAttributes
        {
            User = attributes.User, Verb = verb, Group = Resources.Rbac.RbacRules.Group, Version = "v1", Resource = resource,
            Namespace = attributes.Namespace, Name = name,
        }, cancellationToken);
        return result.Decision == AuthorizationDecision.Allow;
    }

    private void Require(AdmissionAttributes attributes, IReadOnlyList<PolicyRule> wanted)
    {
        var owned = rbac.RulesFor(attributes.User, attributes.Namespace).SelectMany(applied => applied.Rules).ToList();
        var missing = RuleMatch.Uncovered(owned, wanted);
        if (missing.Count == 0)
            return;
        var groups = string.Join(' ', attributes.User.Groups.Select(group => $"\"{group}\""));
        throw ApiErrors.Forbidden(attributes.Resource, attributes.Name,
            $"user \"{attributes.User.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n"
            + string.Join('\n', missing.Select(Describe).Distinct()));
    }

    private static string Describe(PolicyRule rule) => rule.NonResourceURLs is { Count: > 0 }
        ? $"{{NonResourceURLs:{List(rule.NonResourceURLs)}, Verbs:{List(rule.Verbs)}}}"
        : rule.ResourceNames is { Count: > 0 }
            ? $"{{APIGroups:{List(rule.ApiGroups)}, Resources:{List(rule.Resources)}, ResourceNames:{List(rule.ResourceNames)}, Verbs:{List(rule.Verbs)}}}"
            : $"{{APIGroups:{List(rule.ApiGroups)}, Resources:{List(rule.Resources)}, Verbs:{List(rule.Verbs)}}}";

    private static string List(IReadOnlyList<string>? values) => $"[{string.Join(' ', (values ?? []).Select(value => $"\"{value}\""))}]";
}
