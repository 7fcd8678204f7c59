using Orchestrator.Api.Rbac.V1;

namespace Orchestrator.ApiServer.Authorization.Rbac;

/// <summary>Whether a rule allows a request, and whether rules cover other rules. Pure.</summary>
internal static class RuleMatch
{
    public const string All = "*";

    public static bool Allows(IReadOnlyList<PolicyRule> rules, AuthorizationAttributes attributes)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (Allows(rules[i], attributes))
                return true;
        }

        return false;
    }

    public static bool Allows(PolicyRule rule, AuthorizationAttributes attributes) => attributes.IsResourceRequest
        ? Has(rule.Verbs, attributes.Verb)
            && Has(rule.ApiGroups, attributes.Group)
            && HasResource(rule.Resources, attributes.Resource, attributes.Subresource)
            && HasName(rule.ResourceNames, attributes.Name)
        : Has(rule.Verbs, attributes.Verb) && HasPath(rule.NonResourceURLs, attributes.Path);

    /// <summary>
    /// The parts of <paramref name="wanted"/> that <paramref name="owned"/> does not cover, each with one verb, group, resource and
    /// name. Used to refuse that a user grants more than it has.
    /// </summary>
    public static List<PolicyRule> Uncovered(IReadOnlyList<PolicyRule> owned, IReadOnlyList<PolicyRule> wanted)
    {
        var uncovered = new List<PolicyRule>();
        foreach (var rule in wanted)
        {
            foreach (var part in BreakDown(rule))
            {
                if (!IsCovered(owned, part))
                    uncovered.Add(part);
            }
        }

        return uncovered;
    }

    private static bool IsCovered(IReadOnlyList<PolicyRule> owned, PolicyRule part)
    {
        foreach (var owner in owned)
        {
            if (Covers(owner, part))
                return true;
        }

        return false;
    }

    /// <param name="part">One verb on one thing.</param>
    private static bool Covers(PolicyRule owner, PolicyRule part)
    {
        if (!Has(owner.Verbs, part.Verbs![0]))
            return false;
        if (part.NonResourceURLs is [var path])
            return HasPath(owner.NonResourceURLs, path);
        var (resource, subresource) = Split(part.Resources![0]);
        return Has(owner.ApiGroups, part.ApiGroups![0])
            && HasResource(owner.Resources, resource, subresource)
            && (owner.ResourceNames is not { Count: > 0 } || part.ResourceNames is [var name] && owner.ResourceNames.Contains(name));
    }

    private static IEnumerable<PolicyRule> BreakDown(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs ?? [])
        {
            foreach (var path in rule.NonResourceURLs ?? [])
                yield return new PolicyRule { Verbs = [verb], NonResourceURLs = [path] };
            foreach (var group in rule.ApiGroups ?? [])
            {
                foreach (var resource in rule.Resources ?? [])
                {
                    var part = new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource] };
                    if (rule.ResourceNames is not { Count: > 0 } names)
                    {
                        yield return part;
                        continue;
                    }

                    foreach (var name in names)
                        yield return part with { ResourceNames = [name] };
                }
            }
        }
    }

    private static (string Resource, string Subresource) Split(string resource) =>
        resource.IndexOf('/') is var slash && slash < 0 ? (resource, "") : (resource[..slash], resource[(slash + 1)..]);

    private static bool Has(IReadOnlyList<string>? values, string wanted)
    {
        for (var i = 0; i < values?.Count; i++)
        {
            if (values[i] == All || values[i] == wanted)
                return true;
        }

        return false;
    }

    private static bool HasResource(IReadOnlyList<string>? resources, string resource, string subresource)
    {
        for (var i = 0; i < resources?.Count; i++)
        {
            if (IsResource(resources[i], resource, subresource))
                return true;
        }

        return false;
    }

    /// <summary>"*" is everything, "pods/log" one subresource, "*/scale" that subresource of every resource.</summary>
    private static bool IsResource(string rule, string resource, string subresource)
    {
        if (rule == All)
            return true;
        if (subresource.Length == 0)
            return rule == resource;
        if (rule.Length <= subresource.Length || !rule.EndsWith(subresource, StringComparison.Ordinal))
            return false;
        var parent = rule.AsSpan(0, rule.Length - subresource.Length);
        return parent is "*/" || parent[^1] == '/' && parent[..^1].SequenceEqual(resource);
    }

    private static bool HasName(IReadOnlyList<string>? names, string wanted)
    {
        if (names is not { Count: > 0 })
            return true;
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == wanted)
                return true;
        }

        return false;
    }

    /// <summary>Paths match exactly, or up to a final "*".</summary>
    private static bool HasPath(IReadOnlyList<string>? paths, string wanted)
    {
        for (var i = 0; i < paths?.Count; i++)
        {
            var path = paths[i];
            if (path == All || path == wanted || path.EndsWith('*') && wanted.AsSpan().StartsWith(path.AsSpan(0, path.Length - 1)))
                return true;
        }

        return false;
    }
}
