using System.Net;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>Checks services.</summary>
internal static class ServiceRules
{
    private const int MaxAffinitySeconds = 86400;

    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private static readonly string[] Affinities = ["ClientIP", "None"];
    private static readonly string[] TrafficPolicies = ["Cluster", "Local"];
    private static readonly string[] FamilyPolicies = ["SingleStack", "PreferDualStack", "RequireDualStack"];

    public static void Check(Service service, FieldErrors errors)
    {
        var spec = service.Spec ?? new ServiceSpec();
        var path = FieldPath.Of("spec");
        var isHeadless = spec.ClusterIP == "None";
        if (spec.Ports is not { Count: > 0 } && !isHeadless && spec.Type != "ExternalName")
            errors.Required(path.Child("ports"));
        CheckType(spec, path, errors);
        CheckPorts(spec, path.Child("ports"), errors);
        LabelRules.CheckLabels(spec.Selector, path.Child("selector"), errors);
        CheckAffinity(spec, path, errors);
        CheckClusterIPs(spec, path, errors);
        CheckTraffic(spec, path, errors);
        for (var i = 0; i < spec.ExternalIPs?.Count; i++)
            PortRules.CheckAddress(spec.ExternalIPs[i], path.Child("externalIPs").Index(i), errors);
        for (var i = 0; i < spec.LoadBalancerSourceRanges?.Count; i++)
        {
            if (!IPNetwork.TryParse(spec.LoadBalancerSourceRanges[i].Trim(), out _))
                errors.Invalid(path.Child("loadBalancerSourceRanges").Index(i), spec.LoadBalancerSourceRanges[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    public static void CheckChange(Service service, Service old, FieldErrors errors)
    {
        if (service.Spec is not { } spec || old.Spec is not { } before || spec.Type == "ExternalName" || before.Type == "ExternalName")
            return;
        if (before.ClusterIP is { Length: > 0 } address && spec.ClusterIP != address)
            errors.Invalid(FieldPath.Of("spec").Child("clusterIPs").Index(0), spec.ClusterIPs ?? [spec.ClusterIP ?? ""], "may not change once set");
        if (before is { Type: "LoadBalancer", LoadBalancerClass: { } lbClass } && spec.Type == "LoadBalancer" && spec.LoadBalancerClass != lbClass)
            errors.Invalid(FieldPath.Of("spec").Child("loadBalancerClass"), spec.LoadBalancerClass, "may not change once set");
    }

    private static void CheckType(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        PodSpecRules.CheckChoice(spec.Type, Types, path.Child("type"), errors);
        switch (spec.Type)
        {
            case "ExternalName":
                if (string.IsNullOrEmpty(spec.ExternalName))
                    errors.Required(path.Child("externalName"));
                else if (NameRules.DnsSubdomain(spec.ExternalName.TrimEnd('.')) is { } fault)
                    errors.Invalid(path.Child("externalName"), spec.ExternalName, fault);
                if (spec.ClusterIP is { Length: > 0 })
                    errors.Forbidden(path.Child("clusterIPs"), "may not be set for ExternalName services");
                break;
            case "NodePort" or "LoadBalancer" when spec.ClusterIP == "None":
                errors.Invalid(path.Child("clusterIPs").Index(0), "None", $"may not be set to 'None' for {spec.Type} services");
                break;
        }

        if (spec.Type != "LoadBalancer" && spec.LoadBalancerClass is not null)
            errors.Forbidden(path.Child("loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'");
        if (spec.Type != "LoadBalancer" && spec.AllocateLoadBalancerNodePorts is not null)
            errors.Forbidden(path.Child("allocateLoadBalancerNodePorts"), "may only be used when `type` is 'LoadBalancer'");
    }

    private static void CheckPorts(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        var numbers = new HashSet<(string?, int?)>();
        var nodePorts = new HashSet<(string?, int?)>();
        for (var i = 0; i < spec.Ports?.Count; i++)
        {
            var port = spec.Ports[i];
            CheckPortName(port.Name, spec.Ports.Count > 1, names, path.Index(i).Child("name"), errors);
            PortRules.CheckNumber(port.Port, path.Index(i).Child("port"), errors);
            PortRules.CheckProtocol(port.Protocol, path.Index(i).Child("protocol"), errors);
            PortRules.CheckNumberOrName(port.TargetPort, path.Index(i).Child("targetPort"), errors);
            if (port.AppProtocol is { Length: > 0 } appProtocol)
                LabelRules.CheckQualifiedName(appProtocol, path.Index(i).Child("appProtocol"), errors);
            if (!numbers.Add((port.Protocol, port.Port)))
                errors.Duplicate(path.Index(i), $"{port.Port}/{port.Protocol}");
            if (port.NodePort is null or 0)
                continue;
            if (spec.Type is "ClusterIP" or "ExternalName")
                errors.Forbidden(path.Index(i).Child("nodePort"), $"may not be used when `type` is '{spec.Type}'");
            else if (!nodePorts.Add((port.Protocol, port.NodePort)))
                errors.Duplicate(path.Index(i).Child("nodePort"), port.NodePort);
        }
    }

    private static void CheckPortName(string? name, bool required, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            if (required)
                errors.Required(path);
            return;
        }

        if (NameRules.DnsLabel(name) is { } fault)
            errors.Invalid(path, name, fault);
        if (!names.Add(name))
            errors.Duplicate(path, name);
    }

    private static void CheckAffinity(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        PodSpecRules.CheckChoice(spec.SessionAffinity, Affinities, path.Child("sessionAffinity"), errors);
        var seconds = spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds;
        if (spec.SessionAffinity == "ClientIP" && seconds is not (> 0 and <= MaxAffinitySeconds))
            errors.Invalid(path.Child("sessionAffinityConfig", "clientIP").Child("timeoutSeconds"), seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}");
    }

    private static void CheckClusterIPs(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Type == "ExternalName")
            return;
        if (spec.ClusterIP is { Length: > 0 } && spec.ClusterIPs is [var first, ..] && first != spec.ClusterIP)
            errors.Invalid(path.Child("clusterIPs"), spec.ClusterIPs, "first value must match `clusterIP`");
        for (var i = 0; i < spec.ClusterIPs?.Count; i++)
        {
            if (spec.ClusterIPs[i] != "None" || i > 0)
                PortRules.CheckAddress(spec.ClusterIPs[i], path.Child("clusterIPs").Index(i), errors);
        }

        if (spec.IpFamilyPolicy is { Length: > 0 } policy && !FamilyPolicies.Contains(policy))
            errors.NotSupported(path.Child("ipFamilyPolicy"), policy, FamilyPolicies);
        var isOpen = spec.ClusterIP == "None" && spec.Selector is not { Count: > 0 };
        if (spec.IpFamilyPolicy == "RequireDualStack" && !isOpen)
            errors.Invalid(path.Child("ipFamilyPolicy"), spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        for (var i = 0; i < spec.IpFamilies?.Count; i++)
        {
            if (spec.IpFamilies[i] is not ("IPv4" or "IPv6"))
                errors.NotSupported(path.Child("ipFamilies").Index(i), spec.IpFamilies[i], "IPv4", "IPv6");
            else if (spec.IpFamilies[i] == "IPv6" && !isOpen)
                errors.Invalid(path.Child("ipFamilies").Index(i), "IPv6", "not configured on this cluster");
        }
    }

    private static void CheckTraffic(ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var isExternal = spec.Type is "NodePort" or "LoadBalancer" || spec.Type == "ClusterIP" && spec.ExternalIPs is { Count: > 0 };
        if (spec.ExternalTrafficPolicy is { Length: > 0 } external)
        {
            if (!isExternal)
                errors.Invalid(path.Child("externalTrafficPolicy"), external, "may only be set for externally-accessible services");
            else if (!TrafficPolicies.Contains(external))
                errors.NotSupported(path.Child("externalTrafficPolicy"), external, TrafficPolicies);
        }

        if (spec.InternalTrafficPolicy is { Length: > 0 } inner && !TrafficPolicies.Contains(inner))
            errors.NotSupported(path.Child("internalTrafficPolicy"), inner, TrafficPolicies);
        if (spec.TrafficDistribution is { Length: > 0 } distribution && distribution is not ("PreferClose" or "PreferSameZone" or "PreferSameNode"))
            errors.NotSupported(path.Child("trafficDistribution"), distribution, "PreferClose", "PreferSameNode", "PreferSameZone");
        var isLocal = spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };
        if (!isLocal && spec.HealthCheckNodePort is not (null or 0))
            errors.Invalid(path.Child("healthCheckNodePort"), spec.HealthCheckNodePort,
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
    }
}
