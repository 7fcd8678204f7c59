using System.Text.Json.Nodes;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>The strategic merge patch from one pod status to another. Touches no field and no condition that is not the kubelet's.</summary>
internal static class PodStatusPatch
{
    private static readonly string[] OwnedConditions =
        [PodConditions.ReadyToStartContainers, PodConditions.Initialized, PodConditions.ContainersReady, PodConditions.Ready];

    /// <summary>The scheduler's and the controllers'.</summary>
    private static readonly string[] ForeignFields =
        ["nominatedNodeName", "resourceClaimStatuses", "extendedResourceClaimStatus", "nodeAllocatableResourceClaimStatuses"];

    /// <summary>Lists that a patch merges by key although the kubelet means them whole.</summary>
    private static readonly string[] ReplacedLists = ["podIPs", "hostIPs"];

    /// <returns>Null when nothing changes.</returns>
    public static JsonObject? Create(Pod pod, JsonObject from, JsonObject to)
    {
        var changes = new JsonObject();
        foreach (var (name, value) in to)
        {
            var before = from[name];
            if (ForeignFields.Contains(name) || JsonNode.DeepEquals(before, value))
                continue;
            if (name == "conditions")
                AddConditions(changes, before as JsonArray, value!.AsArray());
            else if (before is JsonArray && value is JsonArray list && ReplacedLists.Contains(name))
                changes[name] = Replacing(list);
            else
                changes[name] = value?.DeepClone();
        }

        foreach (var (name, _) in from)
        {
            if (!to.ContainsKey(name) && !ForeignFields.Contains(name))
                changes[name] = null;
        }

        // The uid is a precondition: a new pod of the same name refuses the old one's status.
        return changes.Count == 0 ? null : new() { ["metadata"] = new JsonObject { ["uid"] = pod.Uid() }, ["status"] = changes };
    }

    private static void AddConditions(JsonObject changes, JsonArray? before, JsonArray after)
    {
        var changed = new JsonArray();
        foreach (var condition in after)
        {
            var type = (string?)condition!["type"];
            var old = before?.FirstOrDefault(candidate => (string?)candidate!["type"] == type);
            if (!JsonNode.DeepEquals(old, condition) && (OwnedConditions.Contains(type) || old is null))
                changed.Add(Complete(condition, old));
        }

        if (changed.Count > 0)
            changes["conditions"] = changed;
    }

    /// <summary>A field that the new condition lacks must be taken away by name: conditions are merged field by field.</summary>
    private static JsonNode Complete(JsonNode condition, JsonNode? old)
    {
        var complete = condition.DeepClone().AsObject();
        foreach (var (name, _) in old?.AsObject() ?? [])
        {
            if (!complete.ContainsKey(name))
                complete[name] = null;
        }

        return complete;
    }

    private static JsonArray Replacing(JsonArray list)
    {
        var result = new JsonArray(new JsonObject { ["$patch"] = "replace" });
        foreach (var item in list)
            result.Add(item?.DeepClone());
        return result;
    }
}
