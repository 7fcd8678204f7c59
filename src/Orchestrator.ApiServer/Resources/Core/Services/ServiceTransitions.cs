using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>
/// What an update means for fields the server fills in. A client that leaves them out, or sends back what an earlier type had,
/// does not ask for a change.
/// </summary>
internal static class ServiceTransitions
{
    public static void DropWhatTheTypeLacks(JsonObject document, JsonObject old)
    {
        if (document.Child("spec") is not { } spec || old.Child("spec") is not { } before)
            return;
        var type = spec.Text("type");
        if (HasClusterIP(before) && !HasClusterIP(spec) && Same(spec, before, "clusterIP") && Same(spec, before, "clusterIPs"))
            Remove(spec, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
        if (HasNodePorts(before) && !HasNodePorts(spec))
            DropNodePorts(spec, before);
        if (IsLocalLoadBalancer(before) && !IsLocalLoadBalancer(spec) && Same(spec, before, "healthCheckNodePort"))
            Remove(spec, "healthCheckNodePort");
        if (before.Text("type") == "LoadBalancer" && type != "LoadBalancer")
        {
            Remove(spec, "allocateLoadBalancerNodePorts");
            if (Same(spec, before, "loadBalancerClass"))
                Remove(spec, "loadBalancerClass");
        }

        if (type is "ClusterIP" or "ExternalName" && spec["externalIPs"] is not JsonArray { Count: > 0 } && Same(spec, before, "externalTrafficPolicy"))
            Remove(spec, "externalTrafficPolicy");
    }

    public static void KeepAllocations(JsonObject document, JsonObject old)
    {
        if (document.Child("spec") is not { } spec || old.Child("spec") is not { } before)
            return;
        if (HasClusterIP(spec) && HasClusterIP(before))
        {
            if (spec.Text("clusterIP") is not { Length: > 0 } && spec["clusterIPs"] is not JsonArray { Count: > 0 })
            {
                spec.Restore("clusterIP", before);
                spec.Restore("clusterIPs", before);
            }
            else if (!Same(spec, before, "clusterIP") && Same(spec, before, "clusterIPs"))
                spec.Remove("clusterIPs");
        }

        if (HasNodePorts(spec) && HasNodePorts(before))
            KeepNodePorts(spec, before);
        if (IsLocalLoadBalancer(spec) && IsLocalLoadBalancer(before) && spec.Number("healthCheckNodePort") is null or 0)
            spec.Restore("healthCheckNodePort", before);
    }

    public static bool HasClusterIP(JsonObject spec) => spec.Text("type") is not "ExternalName";

    public static bool HasNodePorts(JsonObject spec) =>
        spec.Text("type") is "NodePort" || spec.Text("type") is "LoadBalancer" && (spec["allocateLoadBalancerNodePorts"] is null || spec.IsTrue("allocateLoadBalancerNodePorts"));

    public static bool IsLocalLoadBalancer(JsonObject spec) => spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    /// <summary>Node ports the client only sends back; new ones are left for validation to refuse.</summary>
    private static void DropNodePorts(JsonObject spec, JsonObject before)
    {
        var known = before.Items("ports").Select(port => port.Number("nodePort")).ToHashSet();
        foreach (var port in spec.Items("ports"))
        {
            if (known.Contains(port.Number("nodePort")))
                port.Remove("nodePort");
        }
    }

    private static void KeepNodePorts(JsonObject spec, JsonObject before)
    {
        var taken = spec.Items("ports").Select(port => port.Number("nodePort") ?? 0).Where(number => number != 0).ToHashSet();
        foreach (var port in spec.Items("ports"))
        {
            if (port.Number("nodePort") is not (null or 0))
                continue;
            var former = before.Items("ports").FirstOrDefault(one => Same(one, port, "protocol") && Same(one, port, "port"));
            if (former?.Number("nodePort") is { } number and not 0 && taken.Add(number))
                port["nodePort"] = number;
        }
    }

    private static bool Same(JsonObject one, JsonObject other, string field) => JsonNode.DeepEquals(one[field], other[field]);

    private static void Remove(JsonObject spec, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
            spec.Remove(field);
    }
}
