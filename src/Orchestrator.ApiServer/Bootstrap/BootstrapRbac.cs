using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authorization.Rbac;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>
/// The default roles and bindings. Rights and subjects that somebody took away come back at the next start, unless the object is
/// annotated <c>rbac.authorization.kubernetes.io/autoupdate: "false"</c>; what somebody added stays.
/// </summary>
internal sealed class BootstrapRbac : IStartupTask
{
    private const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    public string Name => "rbac/bootstrap-roles";

    public async Task RunAsync(IApiServer server, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            EachAsync(RoleAggregation.Complete(BootstrapRoles.ClusterRoles),
                role => Ensure.IsAsync(server, role, existing => WithRulesOf(existing, role), cancellationToken)),
            EachAsync(BootstrapRoles.ClusterRoleBindings,
                binding => Ensure.IsAsync(server, binding, existing => WithSubjectsOf(existing, binding), cancellationToken)),
            EachAsync(BootstrapRoles.Roles, role => Ensure.ExistsAsync(server, role, cancellationToken)),
            EachAsync(BootstrapRoles.RoleBindings, binding => Ensure.ExistsAsync(server, binding, cancellationToken)));
    }

    /// <summary>All at once: the store writes them as one group.</summary>
    private static Task EachAsync<T>(IReadOnlyList<T> items, Func<T, Task> action) => Task.WhenAll(items.Select(action));

    private static ClusterRole WithRulesOf(ClusterRole existing, ClusterRole wanted)
    {
        if (IsFrozen(existing) || wanted.AggregationRule is not null)
            return existing;
        var missing = RuleMatch.Uncovered(existing.Rules ?? [], wanted.Rules ?? []);
        return missing.Count == 0 ? existing : existing with { Rules = [.. existing.Rules ?? [], .. missing] };
    }

    private static ClusterRoleBinding WithSubjectsOf(ClusterRoleBinding existing, ClusterRoleBinding wanted)
    {
        var missing = (wanted.Subjects ?? []).Except(existing.Subjects ?? []).ToList();
        return IsFrozen(existing) || missing.Count == 0 ? existing : existing with { Subjects = [.. existing.Subjects ?? [], .. missing] };
    }

    private static bool IsFrozen(Api.KubernetesObject item) => item.Metadata.Annotations?.GetValueOrDefault(AutoUpdate) == "false";
}
