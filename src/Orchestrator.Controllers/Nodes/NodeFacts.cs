using Orchestrator.Api.Core.V1;

namespace Orchestrator.Controllers.Nodes;

/// <summary>What controllers ask of a node.</summary>
internal static class NodeFacts
{
    public static NodeCondition? Condition(Node node, string type)
    {
        foreach (var condition in node.Status?.Conditions ?? [])
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }

    public static NodeCondition? Ready(Node node) => Condition(node, "Ready");

    public static bool IsReady(Node node) => Ready(node)?.Status == "True";

    public static string? InternalIp(Node node)
    {
        foreach (var address in node.Status?.Addresses ?? [])
        {
            if (address.Type == "InternalIP")
                return address.Address;
        }

        return null;
    }

    public static string? Zone(Node? node) => node?.Metadata.Labels?.GetValueOrDefault("topology.kubernetes.io/zone");
}
