using System.Text.Json.Nodes;
using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Rbac;

/// <summary>Roles and bindings, in namespaces and cluster-wide.</summary>
internal static class RbacResources
{
    public static ResourceDefinition Roles { get; } = ResourceDefinition.For<Role>() with
    {
        Strategy = new RoleStrategy(),
        Columns = [Column.NameColumn, Column.Of<Role>("Created At", "string", 0, one => CreatedAt(one))],
    };

    public static ResourceDefinition ClusterRoles { get; } = ResourceDefinition.For<ClusterRole>() with
    {
        Strategy = new ClusterRoleStrategy(),
        Columns = [Column.NameColumn, Column.Of<ClusterRole>("Created At", "string", 0, one => CreatedAt(one))],
    };

    public static ResourceDefinition RoleBindings { get; } = ResourceDefinition.For<RoleBinding>() with
    {
        Strategy = new RoleBindingStrategy(),
        Columns = BindingColumns<RoleBinding>(one => one.RoleRef, one => one.Subjects),
    };

    public static ResourceDefinition ClusterRoleBindings { get; } = ResourceDefinition.For<ClusterRoleBinding>() with
    {
        Strategy = new ClusterRoleBindingStrategy(),
        Columns = BindingColumns<ClusterRoleBinding>(one => one.RoleRef, one => one.Subjects),
    };

    private static string CreatedAt(Api.KubernetesObject item) =>
        item.Metadata.CreationTimestamp is { } time ? Api.Serialization.TimeConverter.Format(time) : "<unknown>";

    private static IReadOnlyList<Column> BindingColumns<T>(Func<T, RoleRef?> role, Func<T, IReadOnlyList<Subject>?> subjects)
        where T : Api.KubernetesObject =>
    [
        Column.NameColumn,
        Column.Of<T>("Role", "string", 0, one => $"{role(one)?.Kind}/{role(one)?.Name}", "The role that is granted."),
        Column.AgeColumn,
        Column.Of<T>("Users", "string", 1, one => Names(subjects(one), "User")),
        Column.Of<T>("Groups", "string", 1, one => Names(subjects(one), "Group")),
        Column.Of<T>("ServiceAccounts", "string", 1, one => Names(subjects(one), "ServiceAccount")),
    ];

    private static string Names(IReadOnlyList<Subject>? subjects, string kind) => string.Join(", ", (subjects ?? [])
        .Where(one => one.Kind == kind).Select(one => kind == "ServiceAccount" ? $"{one.Namespace}/{one.Name}" : one.Name));
}

/// <summary>What the four kinds share.</summary>
internal static class RbacRules
{
    public const string Group = "rbac.authorization.k8s.io";

    public static void Check(IReadOnlyList<PolicyRule>? rules, bool isNamespaced, FieldErrors errors)
    {
        for (var i = 0; i < rules?.Count; i++)
        {
            var rule = rules[i];
            var path = FieldPath.Of("rules").Index(i);
            if (rule.Verbs is not { Count: > 0 })
                errors.Required(path.Child("verbs"), "verbs must contain at least one value");
            if (rule.NonResourceURLs is { Count: > 0 })
            {
                if (isNamespaced)
                    errors.Invalid(path.Child("nonResourceURLs"), rule.NonResourceURLs, "namespaced rules cannot apply to non-resource URLs");
                if (rule.ApiGroups is { Count: > 0 } || rule.Resources is { Count: > 0 } || rule.ResourceNames is { Count: > 0 })
                    errors.Invalid(path.Child("nonResourceURLs"), rule.NonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs");
                continue;
            }

            if (rule.ApiGroups is not { Count: > 0 })
                errors.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
            if (rule.Resources is not { Count: > 0 })
                errors.Required(path.Child("resources"), "resource rules must supply at least one resource");
        }
    }

    public static void Check(RoleRef? reference, IReadOnlyList<Subject>? subjects, bool isNamespaced, FieldErrors errors)
    {
        var path = FieldPath.Of("roleRef");
        if (reference?.ApiGroup != Group)
            errors.NotSupported(path.Child("apiGroup"), reference?.ApiGroup ?? "", Group);
        string[] kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
        if (!kinds.Contains(reference?.Kind))
            errors.NotSupported(path.Child("kind"), reference?.Kind ?? "", kinds);
        if (string.IsNullOrEmpty(reference?.Name))
            errors.Required(path.Child("name"));
        else if (NameRules.PathSegment(reference.Name) is { } fault)
            errors.Invalid(path.Child("name"), reference.Name, fault);
        for (var i = 0; i < subjects?.Count; i++)
            Check(subjects[i], isNamespaced, FieldPath.Of("subjects").Index(i), errors);
    }

    public static void CheckUnchanged(RoleRef? reference, RoleRef? old, FieldErrors errors)
    {
        if (reference != old)
            errors.Invalid(FieldPath.Of("roleRef"),
                new JsonObject { ["apiGroup"] = reference?.ApiGroup, ["kind"] = reference?.Kind, ["name"] = reference?.Name }, "cannot change roleRef");
    }

    /// <summary>The API group of a subject follows from its kind.</summary>
    public static void SetSubjectDefaults(JsonObject document)
    {
        foreach (var subject in document.Items("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group")
                subject.Default("apiGroup", Group);
        }
    }

    private static void Check(Subject subject, bool isNamespaced, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(subject.Name))
            errors.Required(path.Child("name"));
        switch (subject.Kind)
        {
            case "ServiceAccount":
                if (subject.Name is { Length: > 0 } name && NameRules.DnsSubdomain(name) is { } fault)
                    errors.Invalid(path.Child("name"), name, fault);
                if (subject.ApiGroup is { Length: > 0 })
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup, "");
                if (!isNamespaced && string.IsNullOrEmpty(subject.Namespace))
                    errors.Required(path.Child("namespace"));
                break;
            case "User" or "Group":
                if (subject.ApiGroup != Group)
                    errors.NotSupported(path.Child("apiGroup"), subject.ApiGroup ?? "", Group);
                break;
            default:
                errors.NotSupported(path.Child("kind"), subject.Kind ?? "", "ServiceAccount", "User", "Group");
                break;
        }
    }
}

internal sealed class RoleStrategy : ResourceStrategy<Role>
{
    public override bool AllowsCreateOnUpdate => true;

    public override string? CheckName(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    protected override void Validate(Role item, FieldErrors errors) => RbacRules.Check(item.Rules, isNamespaced: true, errors);
}

internal sealed class ClusterRoleStrategy : ResourceStrategy<ClusterRole>
{
    public override bool AllowsCreateOnUpdate => true;

    public override string? CheckName(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    protected override void Validate(ClusterRole item, FieldErrors errors)
    {
        RbacRules.Check(item.Rules, isNamespaced: false, errors);
        var path = FieldPath.Of("aggregationRule").Child("clusterRoleSelectors");
        if (item.AggregationRule is not { } aggregation)
            return;
        if (aggregation.ClusterRoleSelectors is not { Count: > 0 })
            errors.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        for (var i = 0; i < aggregation.ClusterRoleSelectors?.Count; i++)
            SelectorRules.Check(aggregation.ClusterRoleSelectors[i], path.Index(i), errors);
    }
}

internal sealed class RoleBindingStrategy : ResourceStrategy<RoleBinding>
{
    public override bool AllowsCreateOnUpdate => true;

    public override string? CheckName(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    public override void SetDefaults(JsonObject document) => RbacRules.SetSubjectDefaults(document);

    protected override void Validate(RoleBinding item, FieldErrors errors) => RbacRules.Check(item.RoleRef, item.Subjects, isNamespaced: true, errors);

    protected override void ValidateChange(RoleBinding item, RoleBinding old, FieldErrors errors) =>
        RbacRules.CheckUnchanged(item.RoleRef, old.RoleRef, errors);
}

internal sealed class ClusterRoleBindingStrategy : ResourceStrategy<ClusterRoleBinding>
{
    public override bool AllowsCreateOnUpdate => true;

    public override string? CheckName(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    public override void SetDefaults(JsonObject document) => RbacRules.SetSubjectDefaults(document);

    protected override void Validate(ClusterRoleBinding item, FieldErrors errors) =>
        RbacRules.Check(item.RoleRef, item.Subjects, isNamespaced: false, errors);

    protected override void ValidateChange(ClusterRoleBinding item, ClusterRoleBinding old, FieldErrors errors) =>
        RbacRules.CheckUnchanged(item.RoleRef, old.RoleRef, errors);
}
