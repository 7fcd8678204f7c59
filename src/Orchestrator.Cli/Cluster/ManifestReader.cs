using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Cluster;

/// <summary>One object of a manifest and where it was found.</summary>
internal sealed record ManifestObject(JsonObject Document, string Source)
{
    public string ApiVersion => Text("apiVersion");

    public string Kind => Text("kind");

    public string Name => Document["metadata"]?["name"]?.GetValue<string>() ?? "";

    public string? Namespace => Document["metadata"]?["namespace"]?.GetValue<string>();

    private string Text(string field) =>
        Document[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : throw new UserException($"error validating \"{Source}\": error validating data: {field} not set");
}

/// <summary>Reads YAML and JSON manifests: files, directories, standard input ("-"), several documents, and Lists.</summary>
internal static class ManifestReader
{
    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];

    /// <exception cref="UserException">A path is missing or a document is malformed, with file and line.</exception>
    public static IReadOnlyList<ManifestObject> Read(IReadOnlyList<string> paths, bool recursive)
    {
        var objects = new List<ManifestObject>();
        foreach (var path in paths)
        {
            if (path == "-")
                objects.AddRange(Parse(Console.In.ReadToEnd(), "STDIN"));
            else if (Directory.Exists(path))
                objects.AddRange(FilesOf(path, recursive).SelectMany(ParseFile));
            else if (File.Exists(path))
                objects.AddRange(ParseFile(path));
            else
                throw new UserException($"the path \"{path}\" does not exist");
        }

        return objects.Count > 0 ? objects : throw new UserException("no objects passed to apply");
    }

    internal static IEnumerable<ManifestObject> Parse(string text, string source)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new UserException($"error parsing {source}: line {exception.Start.Line}: {exception.Message}");
        }

        return stream.Documents
            .Where(document => document.RootNode is not YamlScalarNode { Value: null or "" })
            .SelectMany(document => Expand(ToJson(document.RootNode), source));
    }

    private static IEnumerable<ManifestObject> ParseFile(string path) => Parse(File.ReadAllText(path), path);

    private static IEnumerable<string> FilesOf(string directory, bool recursive) =>
        Directory.EnumerateFiles(directory, "*", recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<ManifestObject> Expand(JsonNode? node, string source)
    {
        if (node is not JsonObject document)
            throw new UserException($"error parsing {source}: a manifest must be an object, with apiVersion and kind");
        return document["kind"]?.ToString() == "List" && document["items"] is JsonArray items
            ? items.SelectMany(item => Expand(item?.DeepClone(), source))
            : [new ManifestObject(document, source)];
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode scalar => ScalarToJson(scalar),
        _ => throw new UserException($"line {node.Start.Line}: unsupported YAML"),
    };

    // YAML 1.1's core types as Kubernetes clients read them; a quoted scalar is always a string.
    private static JsonNode? ScalarToJson(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
            _ when IsJsonNumber(text) => JsonNode.Parse(text),
            _ => JsonValue.Create(text),
        };
    }

    private static bool IsJsonNumber(string text)
    {
        if (text[0] != '-' && !char.IsAsciiDigit(text[0]))
            return false;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false; // Such as 1.2.3 or 10.0.0.1: a string.
        }
    }
}
