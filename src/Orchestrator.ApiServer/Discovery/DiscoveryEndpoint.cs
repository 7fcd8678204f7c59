using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.Api.Documents;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Discovery;

/// <summary>What the server serves: /api, /apis, each group and version, and all of it in one document (apidiscovery.k8s.io/v2).</summary>
internal sealed class DiscoveryEndpoint(ResourceRegistry registry, IEnumerable<IVirtualResource> virtuals)
{
    private const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private readonly ConcurrentDictionary<string, byte[]> documents = new();
    private readonly List<ServedResource> resources = ServedResource.All(registry, virtuals);

    /// <summary>The document of a path; null when the path is no discovery path.</summary>
    public async Task<bool> TryHandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var path = context.Info.Path.TrimEnd('/');
        var http = context.Http!;
        if (path is "/api" or "/apis" && WantsAggregated(http.Request))
        {
            await SendAggregatedAsync(http, path, cancellationToken);
            return true;
        }

        var format = ResponseFormat.Choose(http.Request, allowsShapes: false, allowsProtobuf: false);
        if (!documents.TryGetValue(path, out var document))
        {
            if (Build(path) is not { } built)
                return false;
            document = documents.GetOrAdd(path, DocumentJson.Encode(built));
        }

        await ResponseWriter.SendAsync(context, document, 200, format, cancellationToken);
        return true;
    }

    private static bool WantsAggregated(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) && accept.Contains("v=v2", StringComparison.Ordinal);
    }

    private async Task SendAggregatedAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        var document = documents.GetOrAdd(path + "#aggregated", key => DocumentJson.Encode(AggregatedDiscovery.Build(resources, isCore: path == "/api")));
        var etag = $"\"{Convert.ToHexString(SHA256.HashData(document))}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.IfNoneMatch == etag)
        {
            http.Response.StatusCode = 304;
            return;
        }

        await ResponseWriter.WriteAsync(http, document, AggregatedType, 200, cancellationToken);
    }

    private JsonObject? Build(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api"] => CoreVersions(),
            ["api", "v1"] => ResourceList("", "v1"),
            ["apis"] => GroupList(),
            ["apis", var group] => Versions(group).Count > 0 ? Group(group) : null,
            ["apis", var group, var version] => Versions(group).Contains(version) ? ResourceList(group, version) : null,
            _ => null,
        };
    }

    private static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupOrder.Of(resources).Where(group => group.Length > 0).Select(group => (JsonNode)WithoutKind(Group(group)))]),
    };

    private JsonObject Group(string group)
    {
        var versions = Versions(group);
        return new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)VersionOf(group, version))]),
            ["preferredVersion"] = VersionOf(group, versions[0]),
        };
    }

    private static JsonObject WithoutKind(JsonObject group)
    {
        group.Remove("kind");
        group.Remove("apiVersion");
        return group;
    }

    private static JsonObject VersionOf(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private List<string> Versions(string group) => [.. resources.Where(one => one.Names.Group == group).Select(one => one.Names.Version).Distinct()];

    private JsonObject ResourceList(string group, string version)
    {
        var list = new JsonArray();
        foreach (var definition in resources.Where(one => one.Names.Group == group && one.Names.Version == version).OrderBy(one => one.Names.Plural, StringComparer.Ordinal))
        {
            list.Add((JsonNode)ResourceEntry(definition));
            foreach (var subresource in definition.Subresources)
                list.Add((JsonNode)SubresourceEntry(definition, subresource));
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = list,
        };
    }

    private static JsonObject ResourceEntry(ServedResource definition)
    {
        var entry = new JsonObject
        {
            ["name"] = definition.Names.Plural,
            ["singularName"] = definition.Names.Singular,
            ["namespaced"] = definition.Names.Namespaced,
            ["kind"] = definition.Kind.Kind,
            ["verbs"] = Strings(definition.Verbs),
        };
        if (definition.Names.ShortNames.Length > 0)
            entry["shortNames"] = Strings(definition.Names.ShortNames);
        if (definition.Names.Categories.Length > 0)
            entry["categories"] = Strings(definition.Names.Categories);
        return entry;
    }

    private static JsonObject SubresourceEntry(ServedResource definition, Subresource subresource)
    {
        var entry = new JsonObject
        {
            ["name"] = $"{definition.Names.Plural}/{subresource.Name}",
            ["singularName"] = "",
            ["namespaced"] = definition.Names.Namespaced,
            ["kind"] = subresource.Kind?.Kind ?? definition.Kind.Kind,
            ["verbs"] = Strings(subresource.Verbs),
        };
        if (subresource.Kind is { } kind && (kind.Group != definition.Kind.Group || kind.Version != definition.Kind.Version))
        {
            entry["group"] = kind.Group;
            entry["version"] = kind.Version;
        }

        return entry;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)JsonValue.Create(value))]);
}
