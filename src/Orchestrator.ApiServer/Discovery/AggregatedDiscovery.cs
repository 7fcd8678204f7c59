using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Discovery;

/// <summary>apidiscovery.k8s.io/v2 APIGroupDiscoveryList: everything kubectl asks for at its start, in two requests.</summary>
internal static class AggregatedDiscovery
{
    public static JsonObject Build(IReadOnlyList<ServedResource> resources, bool isCore)
    {
        var groups = new JsonArray();
        foreach (var group in GroupOrder.Of(resources).Where(group => group.Length == 0 == isCore))
            groups.Add((JsonNode)Group(resources, group));
        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = groups,
        };
    }

    private static JsonObject Group(IReadOnlyList<ServedResource> resources, string group)
    {
        var versions = new JsonArray();
        foreach (var version in resources.Where(one => one.Names.Group == group).GroupBy(one => one.Names.Version))
        {
            versions.Add((JsonNode)new JsonObject
            {
                ["version"] = version.Key,
                ["resources"] = new JsonArray([.. version.OrderBy(one => one.Names.Plural, StringComparer.Ordinal).Select(one => (JsonNode)Resource(one))]),
                ["freshness"] = "Current",
            });
        }

        var metadata = new JsonObject();
        if (group.Length > 0)
            metadata["name"] = group;
        metadata["creationTimestamp"] = null;
        return new JsonObject { ["metadata"] = metadata, ["versions"] = versions };
    }

    private static JsonObject Resource(ServedResource definition)
    {
        var entry = new JsonObject
        {
            ["resource"] = definition.Names.Plural,
            ["responseKind"] = Kind(definition.Kind),
            ["scope"] = definition.Names.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = definition.Names.Singular,
            ["verbs"] = Strings(definition.Verbs),
        };
        if (definition.Names.ShortNames.Length > 0)
            entry["shortNames"] = Strings(definition.Names.ShortNames);
        if (definition.Names.Categories.Length > 0)
            entry["categories"] = Strings(definition.Names.Categories);
        if (definition.Subresources.Count > 0)
            entry["subresources"] = new JsonArray([.. definition.Subresources.Select(one => (JsonNode)Subresource(definition, one))]);
        return entry;
    }

    private static JsonObject Subresource(ServedResource definition, Subresource subresource) => new()
    {
        ["subresource"] = subresource.Name,
        ["responseKind"] = Kind(subresource.Kind ?? definition.Kind),
        ["verbs"] = Strings(subresource.Verbs),
    };

    private static JsonObject Kind(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)JsonValue.Create(value))]);
}
