using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;

namespace Orchestrator.Cli.Cluster;

/// <summary>One resource as the server's discovery lists it.</summary>
internal sealed record DiscoveredResource(
    string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced,
    IReadOnlyList<string> ShortNames, IReadOnlyList<string> Categories, IReadOnlyList<string> Verbs)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>"deployment.apps", the form kubectl prints before a slash and a name.</summary>
    public string QualifiedSingular => Group.Length == 0 ? Singular : $"{Singular}.{Group}";

    public string CollectionPath(string? @namespace)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return Namespaced && @namespace is not null ? $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}" : $"{root}/{Plural}";
    }

    public string ObjectPath(string? @namespace, string name) => $"{CollectionPath(@namespace)}/{Uri.EscapeDataString(name)}";
}

/// <summary>Finds resources by what people type: "deploy", "deployments.apps", "Pod", "all".</summary>
internal sealed class ResourceMapper(IReadOnlyList<DiscoveredResource> resources)
{
    private const string AggregatedDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static async Task<ResourceMapper> LoadAsync(IApiClient client, CancellationToken cancellationToken)
    {
        var resources = new List<DiscoveredResource>();
        foreach (var path in (string[])["/api", "/apis"])
        {
            var document = await client.GetJsonAsync(path, AggregatedDiscovery, cancellationToken);
            foreach (var group in document["items"]?.AsArray() ?? [])
                AddPreferredVersions(resources, group!);
        }

        return new ResourceMapper(resources);
    }

    /// <summary>The resources a word names: one, or several for a category such as "all".</summary>
    /// <exception cref="UserException">Nothing is called that.</exception>
    public IReadOnlyList<DiscoveredResource> Find(string word)
    {
        if (resources.FirstOrDefault(resource => IsNamed(resource, word)) is { } single)
            return [single];
        var category = resources.Where(resource => resource.Categories.Contains(word)).ToList();
        return category.Count > 0 ? category : throw new UserException($"the server doesn't have a resource type \"{word}\"");
    }

    public DiscoveredResource FindKind(string apiVersion, string kind) =>
        resources.FirstOrDefault(resource => resource.Kind == kind && resource.ApiVersion == apiVersion)
        ?? throw new UserException($"no matches for kind \"{kind}\" in version \"{apiVersion}\"");

    private static bool IsNamed(DiscoveredResource resource, string word)
    {
        var (name, group) = word.IndexOf('.') is var dot && dot < 0 ? (word, null) : (word[..dot], word[(dot + 1)..]);
        if (group is not null && resource.Group != group && $"{resource.Version}.{resource.Group}" != group)
            return false;
        return string.Equals(resource.Plural, name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(resource.Singular, name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(resource.Kind, name, StringComparison.OrdinalIgnoreCase)
            || resource.ShortNames.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private static void AddPreferredVersions(List<DiscoveredResource> resources, JsonNode group)
    {
        var groupName = group["metadata"]?["name"]?.GetValue<string>() ?? "";
        var seen = new HashSet<string>();
        foreach (var version in group["versions"]?.AsArray() ?? []) // The preferred version comes first.
        {
            foreach (var item in version!["resources"]?.AsArray() ?? [])
            {
                var plural = item!["resource"]!.GetValue<string>();
                if (item["responseKind"]?["kind"] is not { } kind)
                    continue;
                var resource = new DiscoveredResource(
                    groupName, version["version"]!.GetValue<string>(), kind.GetValue<string>(), plural,
                    item["singularResource"]?.GetValue<string>() ?? plural, item["scope"]?.GetValue<string>() == "Namespaced",
                    Strings(item["shortNames"]), Strings(item["categories"]), Strings(item["verbs"]));
                if (seen.Add(plural) || resources.TrueForAll(known => known.ApiVersion != resource.ApiVersion || known.Plural != plural))
                    resources.Add(resource);
            }
        }
    }

    private static List<string> Strings(JsonNode? node) => node is JsonArray list ? [.. list.Select(item => item!.GetValue<string>())] : [];
}

/// <summary>Untyped requests of the commands.</summary>
internal static class ApiClientExtensions
{
    /// <exception cref="ApiException">The server refused.</exception>
    public static async Task<JsonNode> GetJsonAsync(this IApiClient client, string path, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        return await client.SendJsonAsync(request, cancellationToken);
    }

    /// <exception cref="ApiException">The server refused.</exception>
    public static async Task<JsonNode> SendJsonAsync(this IApiClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await client.SendOrThrowAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonNode.ParseAsync(body, cancellationToken: cancellationToken)
            ?? throw new UserException($"the server answered {request.RequestUri} with nothing");
    }

    /// <exception cref="ApiException">The server refused.</exception>
    public static async Task<HttpResponseMessage> SendOrThrowAsync(
        this IApiClient client, HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(request, completion, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            throw new ApiException(ParseStatus(body) ?? new Status
            {
                Code = (int)response.StatusCode,
                Reason = StatusReason.InternalError,
                Message = body.Length > 0 ? System.Text.Encoding.UTF8.GetString(body).Trim() : $"the server answered {(int)response.StatusCode}",
            });
        }
    }

    private static Status? ParseStatus(byte[] body)
    {
        try
        {
            return ApiJson.Deserialize<Status>(body);
        }
        catch (JsonException)
        {
            return null; // Something in between answered, not an API server.
        }
    }
}
