using Orchestrator.Api.Rbac.V1;
using Orchestrator.Api.Selectors;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>The rules of a cluster role that is made of others. Pure.</summary>
internal static class RoleAggregation
{
    /// <summary>The rules of every selected role, each once, in the order of the roles' names.</summary>
    public static IReadOnlyList<PolicyRule> RulesOf(ClusterRole role, IEnumerable<ClusterRole> all)
    {
        var selectors = (role.AggregationRule?.ClusterRoleSelectors ?? []).Select(LabelMatcher.Of).ToList();
        var seen = new HashSet<string>();
        var rules = new List<PolicyRule>();
        foreach (var candidate in all.OrderBy(one => one.Metadata.Name, StringComparer.Ordinal))
        {
            if (candidate.Metadata.Name == role.Metadata.Name || !selectors.Any(selector => selector.Matches(candidate.Metadata.Labels ?? new Dictionary<string, string>())))
                continue;
            foreach (var rule in candidate.Rules ?? [])
            {
                if (seen.Add(Text(rule)))
                    rules.Add(rule);
            }
        }

        return rules;
    }

    /// <summary>The same roles with the rules of those that are made of others filled in, so that a fresh cluster starts complete.</summary>
    public static IReadOnlyList<ClusterRole> Complete(IReadOnlyList<ClusterRole> roles)
    {
        var current = roles;
        while (true)
        {
            var known = current;
            var next = known.Select(role => role.AggregationRule is null ? role : role with { Rules = RulesOf(role, known) }).ToList();
            if (next.Zip(known).All(pair => Same(pair.First.Rules, pair.Second.Rules ?? [])))
                return next;
            current = next;
        }
    }

    public static bool Same(IReadOnlyList<PolicyRule>? one, IReadOnlyList<PolicyRule> other) =>
        (one ?? []).Select(Text).SequenceEqual(other.Select(Text));

    private static string Text(PolicyRule rule) => string.Join('|', ((IReadOnlyList<string>?[])
        [rule.Verbs, rule.ApiGroups, rule.Resources, rule.ResourceNames, rule.NonResourceURLs]).Select(part => string.Join(',', part ?? [])));
}
