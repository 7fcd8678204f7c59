using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks pod specs, in pods and in templates, with the faults' paths and words that users of Kubernetes know.</summary>
internal static class PodSpecRules
{
    private static readonly string[] RestartPolicies = ["Always", "OnFailure", "Never"];
    private static readonly string[] DnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    private static readonly string[] PreemptionPolicies = ["Never", "PreemptLowerPriority"];

    private const int MaxNameservers = 3;
    private const int MaxSearchPaths = 32;
    private const int MaxSearchLength = 2048;

    public static void CheckTemplate(PodTemplateSpec? template, FieldPath path, FieldErrors errors)
    {
        if (template is null)
        {
            errors.Required(path);
            return;
        }

        LabelRules.CheckLabels(template.Metadata?.Labels, path.Child("metadata", "labels"), errors);
        LabelRules.CheckAnnotations(template.Metadata?.Annotations, path.Child("metadata", "annotations"), errors);
        Check(template.Spec ?? new PodSpec(), path.Child("spec"), errors);
        if (template.Spec?.EphemeralContainers is { Count: > 0 })
            errors.Forbidden(path.Child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
    }

    public static void Check(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        var volumes = VolumeRules.Check(spec.Volumes, path.Child("volumes"), errors);
        ContainerRules.CheckAll(spec, volumes, path, errors);
        CheckPolicies(spec, path, errors);
        CheckNames(spec, path, errors);
        CheckDns(spec, path, errors);
        CheckNumbers(spec, path, errors);
        SecurityRules.CheckPod(spec, path.Child("securityContext"), errors);
        SchedulingRules.Check(spec, path, errors);
        CheckHostAliases(spec.HostAliases, path.Child("hostAliases"), errors);
        CheckReadinessGates(spec.ReadinessGates, path.Child("readinessGates"), errors);
        if (spec.ResourceClaims is { Count: > 0 })
            errors.Forbidden(path.Child("resourceClaims"), "dynamic resource allocation is not available in this cluster");
    }

    private static void CheckPolicies(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        CheckChoice(spec.RestartPolicy, RestartPolicies, path.Child("restartPolicy"), errors);
        CheckChoice(spec.DnsPolicy, DnsPolicies, path.Child("dnsPolicy"), errors);
        if (spec.PreemptionPolicy is { Length: > 0 })
            CheckChoice(spec.PreemptionPolicy, PreemptionPolicies, path.Child("preemptionPolicy"), errors);
        if (spec.Os is { } os)
        {
            if (string.IsNullOrEmpty(os.Name))
                errors.Required(path.Child("os", "name"), "cannot be empty");
            else if (os.Name is not ("linux" or "windows"))
                errors.NotSupported(path.Child("os"), os.Name, "linux", "windows");
        }

        if (spec.HostUsers == false && spec.HostNetwork == true)
            errors.Forbidden(path.Child("hostNetwork"), "when `hostUsers` is false");
        if (spec.ShareProcessNamespace == true && spec.HostPID == true)
            errors.Invalid(path.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
    }

    private static void CheckNames(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        CheckSubdomain(spec.ServiceAccountName, path.Child("serviceAccountName"), errors);
        CheckSubdomain(spec.NodeName, path.Child("nodeName"), errors);
        CheckSubdomain(spec.PriorityClassName, path.Child("priorityClassName"), errors);
        CheckSubdomain(spec.RuntimeClassName, path.Child("runtimeClassName"), errors);
        CheckLabel(spec.Hostname, path.Child("hostname"), errors);
        CheckLabel(spec.Subdomain, path.Child("subdomain"), errors);
        LabelRules.CheckQualifiedName(spec.SchedulerName is { Length: > 0 } scheduler ? scheduler : "default-scheduler", path.Child("schedulerName"), errors);
        for (var i = 0; i < spec.ImagePullSecrets?.Count; i++)
        {
            if (string.IsNullOrEmpty(spec.ImagePullSecrets[i].Name))
                errors.Required(path.Child("imagePullSecrets").Index(i).Child("name"), "must not be empty when imagePullSecrets is specified");
        }
    }

    private static void CheckDns(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.DnsPolicy == "None" && spec.DnsConfig is null)
            errors.Required(path.Child("dnsConfig"), "must provide `dnsConfig` when `dnsPolicy` is None");
        if (spec.DnsConfig is not { } config)
            return;
        var dnsPath = path.Child("dnsConfig");
        if (spec.DnsPolicy == "None" && config.Nameservers is not { Count: > 0 })
            errors.Required(dnsPath.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
        if (config.Nameservers?.Count > MaxNameservers)
            errors.Invalid(dnsPath.Child("nameservers"), config.Nameservers, $"must not have more than {MaxNameservers} nameservers");
        for (var i = 0; i < config.Nameservers?.Count; i++)
            PortRules.CheckAddress(config.Nameservers[i], dnsPath.Child("nameservers").Index(i), errors);
        if (config.Searches?.Count > MaxSearchPaths)
            errors.Invalid(dnsPath.Child("searches"), config.Searches, $"must not have more than {MaxSearchPaths} search paths");
        if (config.Searches is { } searches && string.Join(' ', searches).Length > MaxSearchLength)
            errors.Invalid(dnsPath.Child("searches"), searches, $"must not have more than {MaxSearchLength} characters (including spaces) in the search list");
        for (var i = 0; i < config.Searches?.Count; i++)
        {
            // "." alone and a trailing dot say that a name is complete; underscores occur in real search lists.
            var search = config.Searches[i] is "." ? "" : config.Searches[i].TrimEnd('.').Replace('_', '-');
            if (search.Length > 0 && NameRules.DnsSubdomain(search.Trim('-')) is { } fault)
                errors.Invalid(dnsPath.Child("searches").Index(i), config.Searches[i], fault);
        }

        for (var i = 0; i < config.Options?.Count; i++)
        {
            if (string.IsNullOrEmpty(config.Options[i].Name))
                errors.Required(dnsPath.Child("options").Index(i), "must not be empty");
        }
    }

    private static void CheckNumbers(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.ActiveDeadlineSeconds is { } deadline && deadline is < 1 or > int.MaxValue)
            errors.Invalid(path.Child("activeDeadlineSeconds"), deadline, $"must be between 1 and {int.MaxValue}, inclusive");
        if (spec.TerminationGracePeriodSeconds is null)
            errors.Required(path.Child("terminationGracePeriodSeconds"));
        else
            NumberRules.CheckNotNegative(spec.TerminationGracePeriodSeconds, path.Child("terminationGracePeriodSeconds"), errors);
        if (spec.Resources is { } resources)
            ResourceRules.Check(resources, path.Child("resources"), errors);
    }

    private static void CheckHostAliases(IReadOnlyList<HostAlias>? aliases, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < aliases?.Count; i++)
        {
            PortRules.CheckAddress(aliases[i].Ip, path.Index(i).Child("ip"), errors);
            for (var j = 0; j < aliases[i].Hostnames?.Count; j++)
            {
                if (NameRules.DnsSubdomain(aliases[i].Hostnames![j]) is { } fault)
                    errors.Invalid(path.Index(i).Child("hostnames").Index(j), aliases[i].Hostnames![j], fault);
            }
        }
    }

    private static void CheckReadinessGates(IReadOnlyList<PodReadinessGate>? gates, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < gates?.Count; i++)
            LabelRules.CheckQualifiedName(gates[i].ConditionType ?? "", path.Index(i).Child("conditionType"), errors);
    }

    internal static void CheckChoice(string? value, string[] choices, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value))
            errors.Required(path);
        else if (!choices.Contains(value))
            errors.NotSupported(path, value, choices);
    }

    private static void CheckSubdomain(string? name, FieldPath path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(name) && NameRules.DnsSubdomain(name) is { } fault)
            errors.Invalid(path, name, fault);
    }

    private static void CheckLabel(string? name, FieldPath path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(name) && NameRules.DnsLabel(name) is { } fault)
            errors.Invalid(path, name, fault);
    }
}
