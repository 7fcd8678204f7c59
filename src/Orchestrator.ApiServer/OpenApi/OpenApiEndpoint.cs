using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.ApiServer.Discovery;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>
/// /openapi/v3 (an index, and one document per group and version under a URL that changes with its content) and /openapi/v2 (one
/// document). Built when first asked for.
/// </summary>
internal sealed class OpenApiEndpoint(ResourceRegistry resources) : IPathHandler
{
    private readonly ConcurrentDictionary<string, Lazy<Document>> documents = new();

    public string Path => "/openapi/";

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var path = context.Info.Path.TrimEnd('/');
        var request = context.Http!.Request;
        var accept = request.Headers.Accept.ToString();
        if (accept.Contains("proto-openapi", StringComparison.Ordinal) && !accept.Contains("json", StringComparison.Ordinal) && !accept.Contains("*/*", StringComparison.Ordinal))
            throw ApiErrors.NotAcceptable("application/json");
        if (documents.GetOrAdd(path, key => new Lazy<Document>(() => Build(key))).Value is not { Bytes.Length: > 0 } document)
            throw ApiErrors.UnknownPath();

        var headers = context.Http.Response.Headers;
        headers.ETag = $"\"{document.Hash}\"";
        headers.Vary = "Accept";
        if (request.Query["hash"] == document.Hash)
            headers.CacheControl = "public, immutable";
        if (request.Headers.IfNoneMatch == headers.ETag)
        {
            context.Http.Response.StatusCode = 304;
            return;
        }

        await ResponseWriter.WriteAsync(context.Http, document.Bytes, "application/json", 200, cancellationToken);
    }

    private Document Build(string path) => path switch
    {
        "/openapi/v2" => new Document(Version2()),
        "/openapi/v3" => new Document(Index()),
        _ when path.StartsWith("/openapi/v3/", StringComparison.Ordinal) => Version3(path["/openapi/v3/".Length..]) is { } found ? new Document(found) : Document.None,
        _ => Document.None,
    };

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var root in resources.All.Select(RootOf).Distinct().Order(StringComparer.Ordinal))
        {
            var hash = documents.GetOrAdd($"/openapi/v3/{root}", key => new Lazy<Document>(() => Build(key))).Value.Hash;
            paths[root] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{root}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private JsonObject? Version3(string root)
    {
        var served = resources.All.Where(one => RootOf(one) == root).ToList();
        if (served.Count == 0)
            return null;
        var schemas = new SchemaDocuments("#/components/schemas/");
        var paths = PathsOf(served, schemas, isVersion3: true);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.All },
        };
    }

    private JsonObject Version2()
    {
        var schemas = new SchemaDocuments("#/definitions/");
        var paths = PathsOf(resources.All, schemas, isVersion3: false);
        return new JsonObject { ["swagger"] = "2.0", ["info"] = Info(), ["paths"] = paths, ["definitions"] = schemas.All };
    }

    private static JsonObject PathsOf(IEnumerable<ResourceDefinition> served, SchemaDocuments schemas, bool isVersion3)
    {
        var paths = new JsonObject();
        var writer = new PathDocuments(schemas, isVersion3);
        foreach (var definition in served.OrderBy(one => one.Names.Plural, StringComparer.Ordinal))
            writer.Add(paths, definition);
        return paths;
    }

    private static JsonObject Info() => new() { ["title"] = "Kubernetes", ["version"] = ServerVersion.GitVersion };

    private static string RootOf(ResourceDefinition definition) =>
        definition.Resource.Group.Length == 0 ? $"api/{definition.Resource.Version}" : $"apis/{definition.Resource.Group}/{definition.Resource.Version}";

    private sealed class Document
    {
        public static readonly Document None = new();

        public Document(JsonObject content)
        {
            Bytes = DocumentJson.Encode(content);
            Hash = Convert.ToHexString(SHA256.HashData(Bytes));
        }

        private Document() => (Bytes, Hash) = ([], "");

        public byte[] Bytes { get; }

        public string Hash { get; }
    }
}
