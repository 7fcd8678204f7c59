using System.Text.Json.Nodes;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Builder;

/// <summary>
/// An image configuration being edited. It is kept as a document, so that what this builder does not know of a base image's
/// configuration goes into the new one unchanged.
/// </summary>
internal sealed class ImageConfigDocument
{
    private readonly JsonObject document;

    private ImageConfigDocument(JsonObject document) => this.document = document;

    public static ImageConfigDocument Empty() => new(new JsonObject
    {
        ["architecture"] = ImageStore.Architecture,
        ["os"] = "linux",
        ["config"] = new JsonObject(),
    });

    public static ImageConfigDocument Parse(byte[] json) => new(JsonNode.Parse(json)!.AsObject());

    public ImageConfigDocument Clone() => new(document.DeepClone().AsObject());

    public string? Author
    {
        set => document["author"] = value;
    }

    public string? Created => (string?)document["created"];

    public string WorkingDirectory
    {
        get => (string?)Config["WorkingDir"] is { Length: > 0 } directory ? directory : "/";
        set => Config["WorkingDir"] = value;
    }

    public string User
    {
        get => (string?)Config["User"] ?? "";
        set => Config["User"] = value;
    }

    public string StopSignal
    {
        set => Config["StopSignal"] = value;
    }

    public IReadOnlyList<string> Shell
    {
        get => List("Shell") is { Count: > 0 } shell ? shell : ["/bin/sh", "-c"];
        set => Config["Shell"] = Array(value);
    }

    public IReadOnlyList<string> Entrypoint
    {
        set => Config["Entrypoint"] = Array(value);
    }

    /// <summary>Null: none.</summary>
    public IReadOnlyList<string>? Command
    {
        set
        {
            if (value is null)
                Config.Remove("Cmd");
            else
                Config["Cmd"] = Array(value);
        }
    }

    public bool HasTriggers => Config["OnBuild"] is JsonArray { Count: > 0 };

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment =>
        (List("Env") ?? []).Select(e => e.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], p.Length > 1 ? p[1] : "")).ToList();

    /// <summary>A variable that is there keeps its place.</summary>
    public void SetEnvironment(string name, string value)
    {
        var variables = Environment.ToList();
        var index = variables.FindIndex(v => v.Key == name);
        if (index >= 0)
            variables[index] = KeyValuePair.Create(name, value);
        else
            variables.Add(KeyValuePair.Create(name, value));
        Config["Env"] = Array(variables.Select(v => $"{v.Key}={v.Value}"));
    }

    public void SetLabel(string name, string value) => Member("Labels")[name] = value;

    public void AddPort(string port) => Member("ExposedPorts")[port] = new JsonObject();

    public void AddVolume(string path) => Member("Volumes")[path] = new JsonObject();

    public JsonArray History => (JsonArray?)document["history"] ?? (JsonArray)(document["history"] = new JsonArray())!;

    public void AddHistory(string createdBy, string created, bool isEmpty)
    {
        var entry = new JsonObject { ["created"] = created, ["created_by"] = createdBy };
        if (isEmpty)
            entry["empty_layer"] = true;
        History.Add(entry);
    }

    public byte[] ToBytes(IEnumerable<string> diffIds, string created)
    {
        document["created"] = created;
        document["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Array(diffIds) };
        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private JsonObject Config => Member(document, "config");

    private JsonObject Member(string name) => Member(Config, name);

    private static JsonObject Member(JsonObject parent, string name) => (JsonObject?)parent[name] ?? (JsonObject)(parent[name] = new JsonObject())!;

    private IReadOnlyList<string>? List(string name) => (Config[name] as JsonArray)?.Select(n => (string)n!).ToList();

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);
}
