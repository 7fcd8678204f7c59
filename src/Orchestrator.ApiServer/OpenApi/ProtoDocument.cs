using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>
/// An OpenAPI v2 document in its protobuf form, the only form of version 2 that kubectl reads. One method per message; the field
/// numbers are those of the public message <c>openapi.v2.Document</c> (gnostic, OpenAPIv2.proto). Only what our documents hold is
/// known here, and anything else is an error, so that nothing can get lost between the two forms unseen.
/// </summary>
internal static class ProtoDocument
{
    /// <summary>What it is sent as.</summary>
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>What kubectl asks for. The '@' breaks the grammar of media types, so Go's parser refuses it in an answer.</summary>
    public const string AskedContentType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private static readonly JsonSerializerOptions Yaml = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="NotSupportedException">The document holds a field that this form of it has no place for yet.</exception>
    public static byte[] Encode(JsonObject document)
    {
        var output = new ProtoOutput();
        foreach (var (name, value) in document)
        {
            switch (name)
            {
                case "swagger": output.String(1, Text(value)); break;
                case "info": output.Message(2, info => Info(info, Object(value))); break;
                case "paths": output.Message(8, paths => Named(paths, 2, Object(value), PathItem)); break;
                case "definitions": output.Message(9, definitions => Named(definitions, 1, Object(value), Schema)); break;
                default: throw Unknown("Document", name);
            }
        }

        return output.ToArray();
    }

    private static void Info(ProtoOutput output, JsonObject info)
    {
        foreach (var (name, value) in info)
        {
            switch (name)
            {
                case "title": output.String(1, Text(value)); break;
                case "version": output.String(2, Text(value)); break;
                default: throw Unknown("Info", name);
            }
        }
    }

    private static void PathItem(ProtoOutput output, JsonObject item)
    {
        foreach (var (method, value) in item)
        {
            if (method == "parameters")
            {
                Parameters(output, 9, value);
                continue;
            }

            var field = method switch { "get" => 2, "put" => 3, "post" => 4, "delete" => 5, "options" => 6, "head" => 7, "patch" => 8, _ => throw Unknown("PathItem", method) };
            output.Message(field, operation => Operation(operation, Object(value)));
        }
    }

    private static void Operation(ProtoOutput output, JsonObject operation)
    {
        foreach (var (name, value) in operation)
        {
            switch (name)
            {
                case "tags": Texts(output, 1, value); break;
                case "description": output.String(3, Text(value)); break;
                case "operationId": output.String(5, Text(value)); break;
                case "produces": Texts(output, 6, value); break;
                case "consumes": Texts(output, 7, value); break;
                case "parameters": Parameters(output, 8, value); break;
                case "responses": output.Message(9, responses => Named(responses, 1, Object(value), ResponseValue)); break;
                default: Extension(output, 13, "Operation", name, value); break;
            }
        }
    }

    private static void Parameters(ProtoOutput output, int field, JsonNode? parameters)
    {
        foreach (var one in parameters!.AsArray())
            output.Message(field, item => item.Message(1, parameter => Parameter(parameter, Object(one))));
    }

    private static void Parameter(ProtoOutput output, JsonObject parameter)
    {
        switch (Text(parameter["in"]))
        {
            case "body": output.Message(1, body => BodyParameter(body, parameter)); break;
            case "query": output.Message(2, other => other.Message(3, query => SimpleParameter(query, parameter, type: 6))); break;
            case "path": output.Message(2, other => other.Message(4, path => SimpleParameter(path, parameter, type: 5))); break;
            case var place: throw Unknown("Parameter", place);
        }
    }

    private static void BodyParameter(ProtoOutput output, JsonObject parameter)
    {
        foreach (var (name, value) in parameter)
        {
            switch (name)
            {
                case "description": output.String(1, Text(value)); break;
                case "name": output.String(2, Text(value)); break;
                case "in": output.String(3, Text(value)); break;
                case "required": output.Bool(4, value!.GetValue<bool>()); break;
                case "schema": output.Message(5, schema => Schema(schema, Object(value))); break;
                default: throw Unknown("BodyParameter", name);
            }
        }
    }

    /// <summary>A parameter of the path or of the query. Both begin alike; from the type on a query parameter's numbers are one higher.</summary>
    private static void SimpleParameter(ProtoOutput output, JsonObject parameter, int type)
    {
        foreach (var (name, value) in parameter)
        {
            switch (name)
            {
                case "required": output.Bool(1, value!.GetValue<bool>()); break;
                case "in": output.String(2, Text(value)); break;
                case "description": output.String(3, Text(value)); break;
                case "name": output.String(4, Text(value)); break;
                case "type": output.String(type, Text(value)); break;
                case "uniqueItems": output.Bool(type + 14, value!.GetValue<bool>()); break;
                default: throw Unknown("Parameter", name);
            }
        }
    }

    private static void ResponseValue(ProtoOutput output, JsonObject response) => output.Message(1, body =>
    {
        foreach (var (name, value) in response)
        {
            switch (name)
            {
                case "description": body.String(1, Text(value)); break;
                case "schema": body.Message(2, item => item.Message(1, schema => Schema(schema, Object(value)))); break;
                default: throw Unknown("Response", name);
            }
        }
    });

    private static void Schema(ProtoOutput output, JsonObject schema)
    {
        foreach (var (name, value) in schema)
        {
            switch (name)
            {
                case "$ref": output.String(1, Text(value)); break;
                case "format": output.String(2, Text(value)); break;
                case "description": output.String(4, Text(value)); break;
                case "default": output.Message(5, any => Any(any, value)); break;
                case "maximum": output.Double(7, value!.GetValue<double>()); break;
                case "minimum": output.Double(9, value!.GetValue<double>()); break;
                case "pattern": output.String(13, Text(value)); break;
                case "required": Texts(output, 19, value); break;
                case "enum": Each(output, 20, value, Any); break;
                case "additionalProperties": output.Message(21, item => AdditionalProperties(item, value!)); break;
                case "type": output.Message(22, type => type.String(1, Text(value))); break;
                case "items": output.Message(23, items => items.Message(1, item => Schema(item, Object(value)))); break;
                case "properties": output.Message(25, properties => Named(properties, 1, Object(value), Schema)); break;
                default: Extension(output, 31, "Schema", name, value); break;
            }
        }
    }

    private static void AdditionalProperties(ProtoOutput output, JsonNode value)
    {
        if (value is JsonObject schema)
            output.Message(1, nested => Schema(nested, schema));
        else
            output.Bool(2, value.GetValue<bool>());
    }

    /// <summary>A map: repeated messages of name and value.</summary>
    private static void Named(ProtoOutput output, int field, JsonObject entries, Action<ProtoOutput, JsonObject> write)
    {
        foreach (var (name, value) in entries)
        {
            output.Message(field, entry =>
            {
                entry.String(1, name);
                entry.Message(2, nested => write(nested, Object(value)));
            });
        }
    }

    private static void Each(ProtoOutput output, int field, JsonNode? list, Action<ProtoOutput, JsonNode?> write)
    {
        foreach (var one in list!.AsArray())
            output.Message(field, item => write(item, one));
    }

    private static void Texts(ProtoOutput output, int field, JsonNode? list)
    {
        foreach (var one in list!.AsArray())
            output.String(field, Text(one));
    }

    private static void Extension(ProtoOutput output, int field, string message, string name, JsonNode? value)
    {
        if (!name.StartsWith("x-", StringComparison.Ordinal))
            throw Unknown(message, name);
        output.Message(field, entry =>
        {
            entry.String(1, name);
            entry.Message(2, any => Any(any, value));
        });
    }

    /// <summary>A free value travels as YAML text, and JSON is YAML.</summary>
    private static void Any(ProtoOutput output, JsonNode? value) => output.String(2, value is null ? "null" : value.ToJsonString(Yaml));

    private static string Text(JsonNode? value) => value!.GetValue<string>();

    private static JsonObject Object(JsonNode? value) => value!.AsObject();

    private static NotSupportedException Unknown(string message, string name) => new($"OpenAPI v2 as protobuf: {message} has no field for \"{name}\".");
}
