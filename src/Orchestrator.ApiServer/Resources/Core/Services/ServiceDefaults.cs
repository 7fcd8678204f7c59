using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>Defaults of services that depend on their type.</summary>
internal static class ServiceDefaults
{
    private const int AffinitySeconds = 10800;

    public static void Apply(JsonObject document)
    {
        if (document.Child("spec") is not { } spec)
            return;
        foreach (var port in spec.Items("ports"))
        {
            if (port["targetPort"] is not JsonValue target || target.TryGetValue<int>(out var number) && number == 0 || port.Text("targetPort") is "")
                port["targetPort"] = port["port"]?.DeepClone();
        }

        var type = spec.Text("type");
        if (spec.Text("sessionAffinity") == "None")
            spec.Remove("sessionAffinityConfig");
        if (spec.Text("sessionAffinity") == "ClientIP")
            spec.ChildOrNew("sessionAffinityConfig").ChildOrNew("clientIP").Default("timeoutSeconds", AffinitySeconds);
        if (type is "NodePort" or "LoadBalancer" || type == "ClusterIP" && spec["externalIPs"] is JsonArray { Count: > 0 })
            spec.Default("externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer")
            spec.Default("allocateLoadBalancerNodePorts", true);
        if (type == "ExternalName")
            spec.Remove("internalTrafficPolicy");
    }

    /// <summary>
    /// The cluster is single-stack IPv4. Only a headless service without selector, whose endpoints somebody else writes, may
    /// have both families.
    /// </summary>
    public static void ApplyFamilies(JsonObject document)
    {
        if (document.Child("spec") is not { } spec || spec.Text("type") == "ExternalName")
            return;
        if (spec.Text("clusterIP") is { Length: > 0 } address && spec["clusterIPs"] is not JsonArray { Count: > 0 })
            spec["clusterIPs"] = new JsonArray(address);
        else if (spec.Text("clusterIP") is not { Length: > 0 } && spec["clusterIPs"] is JsonArray { Count: > 0 } all)
            spec["clusterIP"] = all[0]!.DeepClone();
        var isOpen = spec.Text("clusterIP") == "None" && spec.Child("selector") is not { Count: > 0 };
        if (spec["ipFamilies"] is not JsonArray { Count: > 0 })
            spec["ipFamilies"] = isOpen && spec.Text("ipFamilyPolicy") != "SingleStack" ? new JsonArray("IPv4", "IPv6") : new JsonArray("IPv4");
        spec.Default("ipFamilyPolicy", isOpen ? "RequireDualStack" : "SingleStack");
    }
}
