using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Schema;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>The paths of kinds as OpenAPI path items: enough for clients to see which verb, parameter and schema belongs where.</summary>
internal sealed class PathDocuments(SchemaDocuments schemas, bool isVersion3)
{
    private const string JsonType = "application/json";

    private static readonly string[] PatchTypes =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    public void Add(JsonObject paths, ResourceDefinition definition)
    {
        var root = definition.Resource.Group.Length == 0 ? $"/api/{definition.Resource.Version}" : $"/apis/{definition.Resource.Group}/{definition.Resource.Version}";
        var collection = definition.Names.Namespaced ? $"{root}/namespaces/{{namespace}}/{definition.Names.Plural}" : $"{root}/{definition.Names.Plural}";
        schemas.MarkKind(definition.Schema, definition.Kind);
        var item = $"{collection}/{{name}}";
        paths[collection] = Item(definition, ("get", "list"), ("post", "create"), ("delete", "deletecollection"));
        if (definition.Names.Namespaced && definition.HasVerb("list"))
            paths[$"{root}/{definition.Names.Plural}"] = Item(definition, ("get", "list"));
        if (definition.IsStored)
            paths[item] = Item(definition, ("get", "get"), ("put", "update"), ("patch", "patch"), ("delete", "delete"));
        foreach (var subresource in definition.Subresources)
            paths[$"{item}/{subresource.Name}"] = Item(definition, subresource);
    }

    private JsonObject Item(ResourceDefinition definition, params ReadOnlySpan<(string Method, string Verb)> operations)
    {
        var item = new JsonObject();
        foreach (var (method, verb) in operations)
        {
            if (definition.HasVerb(verb))
                item[method] = Operation(definition, verb, definition.Kind, definition.Schema);
        }

        return item;
    }

    private JsonObject Item(ResourceDefinition definition, Subresource subresource)
    {
        var item = new JsonObject();
        var schema = subresource.BodyType is { } body ? RecordSchema.Of(body)
            : subresource.Type == SubresourceKind.Scale ? RecordSchema.Of(typeof(Api.Autoscaling.V1.Scale)) : definition.Schema;
        foreach (var verb in subresource.Verbs)
            item[verb switch { "create" => "post", "update" => "put", "get" => "get", "patch" => "patch", _ => "delete" }] = Operation(definition, verb, subresource.Kind ?? definition.Kind, schema);
        return item;
    }

    private JsonObject Operation(ResourceDefinition definition, string verb, GroupVersionKind kind, SchemaNode schema)
    {
        var result = verb == "list" ? schemas.Reference(schemas.AddList(schema, kind)) : schemas.Reference(schema);
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray((definition.Resource.Group.Length == 0 ? "core" : definition.Resource.Group.Split('.')[0]) + "_" + definition.Resource.Version),
            ["operationId"] = $"{verb}{(definition.Resource.Group.Length == 0 ? "Core" : definition.Resource.Group.Split('.')[0])}{definition.Resource.Version}{definition.Names.Plural}{kind.Kind}",
            ["parameters"] = new JsonArray([.. ParametersOf(verb).Select(name => (JsonNode)Parameter(name))]),
            ["responses"] = Responses(result),
            ["x-kubernetes-action"] = verb switch { "create" => "post", "update" => "put", _ => verb },
            ["x-kubernetes-group-version-kind"] = SchemaDocuments.KindObject(kind),
        };
        if (verb is "create" or "update" or "patch")
            AddBody(operation, verb, schema);
        return operation;
    }

    private void AddBody(JsonObject operation, string verb, SchemaNode schema)
    {
        if (!isVersion3)
        {
            operation["consumes"] = new JsonArray([.. (verb == "patch" ? PatchTypes : ["*/*"]).Select(type => (JsonNode)JsonValue.Create(type))]);
            ((JsonArray)operation["parameters"]!).Add((JsonNode)new JsonObject { ["name"] = "body", ["in"] = "body", ["required"] = true, ["schema"] = schemas.Reference(schema) });
            return;
        }

        var content = new JsonObject();
        foreach (var type in verb == "patch" ? PatchTypes : ["*/*"])
            content[type] = new JsonObject { ["schema"] = schemas.Reference(schema) };
        operation["requestBody"] = new JsonObject { ["content"] = content, ["required"] = true };
    }

    private JsonObject Responses(JsonObject result) => new()
    {
        ["200"] = isVersion3
            ? new JsonObject { ["description"] = "OK", ["content"] = new JsonObject { [JsonType] = new JsonObject { ["schema"] = result } } }
            : new JsonObject { ["description"] = "OK", ["schema"] = result },
        ["401"] = new JsonObject { ["description"] = "Unauthorized" },
    };

    private JsonObject Parameter(string name)
    {
        var type = name switch { "limit" or "timeoutSeconds" or "gracePeriodSeconds" => "integer", "watch" or "force" or "allowWatchBookmarks" or "sendInitialEvents" or "orphanDependents" => "boolean", _ => "string" };
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query" };
        if (isVersion3)
            parameter["schema"] = new JsonObject { ["type"] = type, ["uniqueItems"] = true };
        else
            parameter["type"] = type;
        return parameter;
    }

    private static string[] ParametersOf(string verb) => verb switch
    {
        "list" or "deletecollection" =>
            ["pretty", "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"],
        "create" or "update" => ["pretty", "dryRun", "fieldManager", "fieldValidation"],
        "patch" => ["pretty", "dryRun", "fieldManager", "fieldValidation", "force"],
        "delete" => ["pretty", "dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"],
        _ => ["pretty"],
    };
}
