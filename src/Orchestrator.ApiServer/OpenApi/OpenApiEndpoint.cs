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
/// document, as JSON or as protobuf). Built when first asked for.
/// </summary>
internal sealed class OpenApiEndpoint(ResourceRegistry resources) : IPathHandler
{
    private const string Version2Path = "/openapi/v2";
    private const string Json = "application/json";

    private readonly ConcurrentDictionary<(string Path, bool IsProtobuf), Lazy<Document>> documents = new();

    public string Path => "/openapi/";

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var path = context.Info.Path.TrimEnd('/');
        var request = context.Http!.Request;
        var contentType = Choose(request.Headers.Accept.ToString(), allowsProtobuf: path == Version2Path) ?? throw ApiErrors.NotAcceptable(Json);
        if (DocumentAt(path, isProtobuf: contentType != Json) is not { Bytes.Length: > 0 } document)
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

        await ResponseWriter.WriteAsync(context.Http, document.Bytes, contentType, 200, cancellationToken);
    }

    /// <summary>The first media type of the header that can be served, or null.</summary>
    private static string? Choose(string accept, bool allowsProtobuf)
    {
        foreach (var clause in accept.Split(','))
        {
            switch (clause.Split(';')[0].Trim())
            {
                case "" or "*/*" or "application/*" or Json: return Json;
                case ProtoDocument.ContentType or ProtoDocument.AskedContentType when allowsProtobuf: return ProtoDocument.ContentType;
            }
        }

        return null;
    }

    private Document DocumentAt(string path, bool isProtobuf = false) =>
        documents.GetOrAdd((path, isProtobuf), key => new Lazy<Document>(() => key.IsProtobuf ? BuildProtobuf(key.Path) : Build(key.Path))).Value;

    private Document BuildProtobuf(string path) => new(ProtoDocument.Encode(JsonNode.Parse(DocumentAt(path).Bytes)!.AsObject()));

    private Document Build(string path) => path switch
    {
        Version2Path => new Document(Version2()),
        "/openapi/v3" => new Document(Index()),
        _ when path.StartsWith("/openapi/v3/", StringComparison.Ordinal) => Version3(path["/openapi/v3/".Length..]) is { } found ? new Document(found) : Document.None,
        _ => Document.None,
    };

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var root in resources.All.Select(RootOf).Distinct().Order(StringComparer.Ordinal))
        {
            var hash = DocumentAt($"/openapi/v3/{root}").Hash;
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
            : this(DocumentJson.Encode(content))
        {
        }

        public Document(byte[] bytes) => (Bytes, Hash) = (bytes, Convert.ToHexString(SHA256.HashData(bytes)));

        private Document() => (Bytes, Hash) = ([], "");

        public byte[] Bytes { get; }

        public string Hash { get; }
    }
}
