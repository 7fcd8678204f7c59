using System.Collections.Concurrent;
using System.Collections.Frozen;
using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Authorization.Rbac;

/// <summary>
/// Bindings by subject, so that a request looks only at those of its own user and groups. Made per namespace when first asked for
/// and dropped when the watch cache of the bindings has moved on. Thread-safe: readers share immutable tables.
/// </summary>
internal sealed class RbacIndex(Func<IRegistryReader> reader)
{
    private volatile Table clusterTable = Table.Empty;
    private volatile Generation namespaceTables = new(-1);

    /// <summary>Every rule that applies to the user, cluster-wide ones first.</summary>
    /// <param name="namespace">Empty: cluster-wide rules only.</param>
    public IEnumerable<AppliedRules> RulesFor(UserInfo user, string @namespace)
    {
        var cache = reader();
        foreach (var applied in Resolve(cache, ClusterTable(cache), user, ""))
            yield return applied;
        if (@namespace.Length == 0)
            yield break;
        foreach (var applied in Resolve(cache, NamespaceTable(cache, @namespace), user, @namespace))
            yield return applied;
    }

    /// <summary>The rules behind a role reference; null when the role does not exist.</summary>
    public IReadOnlyList<PolicyRule>? Resolve(RoleRef reference, string @namespace) => Resolve(reader(), reference, @namespace);

    private static IEnumerable<AppliedRules> Resolve(IRegistryReader cache, Table table, UserInfo user, string @namespace)
    {
        foreach (var grant in table.Of(SubjectKind.User, user.Name))
        {
            if (Resolve(cache, grant.RoleRef, @namespace) is { } rules)
                yield return new AppliedRules(rules, grant.Reason);
        }

        for (var i = 0; i < user.Groups.Count; i++)
        {
            foreach (var grant in table.Of(SubjectKind.Group, user.Groups[i]))
            {
                if (Resolve(cache, grant.RoleRef, @namespace) is { } rules)
                    yield return new AppliedRules(rules, grant.Reason);
            }
        }
    }

    private static IReadOnlyList<PolicyRule>? Resolve(IRegistryReader cache, RoleRef reference, string @namespace) => reference.Kind == "ClusterRole"
        ? cache.Get<ClusterRole>("", reference.Name ?? "") is { } clusterRole ? clusterRole.Rules ?? [] : null
        : @namespace.Length > 0 && cache.Get<Role>(@namespace, reference.Name ?? "") is { } role ? role.Rules ?? [] : null;

    private Table ClusterTable(IRegistryReader cache)
    {
        // The version is read before the list: a change between the two makes the table newer than it says, and is built again.
        var version = cache.Version<ClusterRoleBinding>();
        var table = clusterTable;
        if (table.Version == version)
            return table;
        table = Table.Build(version, cache.List<ClusterRoleBinding>(null).Select(one => (one.Metadata.Name!, one.RoleRef, one.Subjects)), "");
        clusterTable = table;
        return table;
    }

    private Table NamespaceTable(IRegistryReader cache, string @namespace)
    {
        var version = cache.Version<RoleBinding>();
        var generation = namespaceTables;
        if (generation.Version != version)
            namespaceTables = generation = new Generation(version);
        return generation.Tables.GetOrAdd(
            @namespace,
            static (key, state) => Table.Build(
                state.version, state.cache.List<RoleBinding>(key).Select(one => (one.Metadata.Name!, one.RoleRef, one.Subjects)), key),
            (version, cache));
    }

    private sealed class Generation(long version)
    {
        public long Version { get; } = version;

        public ConcurrentDictionary<string, Table> Tables { get; } = new();
    }

    private sealed class Table(long version, FrozenDictionary<(SubjectKind, string), Grant[]> grants)
    {
        public static Table Empty { get; } = new(-1, FrozenDictionary<(SubjectKind, string), Grant[]>.Empty);

        public long Version { get; } = version;

        public Grant[] Of(SubjectKind kind, string name) => grants.TryGetValue((kind, name), out var found) ? found : [];

        public static Table Build(long version, IEnumerable<(string Name, RoleRef? RoleRef, IReadOnlyList<Subject>? Subjects)> bindings, string @namespace)
        {
            var grants = new Dictionary<(SubjectKind, string), List<Grant>>();
            foreach (var (name, roleRef, subjects) in bindings)
            {
                foreach (var subject in roleRef is null ? [] : subjects ?? [])
                {
                    var key = KeyOf(@namespace, subject);
                    if (!grants.TryGetValue(key, out var bound))
                        grants[key] = bound = [];
                    bound.Add(new Grant(roleRef!, Describe(@namespace, name, roleRef!, subject)));
                }
            }

            return new Table(version, grants.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray()));
        }

        /// <summary>A service account is the user its tokens name.</summary>
        private static (SubjectKind, string) KeyOf(string @namespace, Subject subject) => subject.Kind switch
        {
            "Group" => (SubjectKind.Group, subject.Name ?? ""),
            "ServiceAccount" => (SubjectKind.User, ServiceAccountName.UserName(subject.Namespace ?? @namespace, subject.Name ?? "")),
            _ => (SubjectKind.User, subject.Name ?? ""),
        };

        private static string Describe(string @namespace, string binding, RoleRef roleRef, Subject subject)
        {
            var boundBy = @namespace.Length == 0 ? $"ClusterRoleBinding \"{binding}\"" : $"RoleBinding \"{binding}/{@namespace}\"";
            var boundTo = subject.Kind == "ServiceAccount" ? $"{subject.Name}/{subject.Namespace ?? @namespace}" : subject.Name;
            return $"RBAC: allowed by {boundBy} of {roleRef.Kind} \"{roleRef.Name}\" to {subject.Kind} \"{boundTo}\"";
        }
    }
}

internal enum SubjectKind { User, Group }

/// <summary>One subject's share of a binding.</summary>
/// <param name="Reason">Why a request it allows is allowed, in the words of Kubernetes' authorizer: for access reviews and the audit log.</param>
internal sealed record Grant(RoleRef RoleRef, string Reason);

/// <summary>The rules of a role, and why they apply.</summary>
internal readonly record struct AppliedRules(IReadOnlyList<PolicyRule> Rules, string Reason);
