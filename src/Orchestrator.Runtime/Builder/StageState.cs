using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>A layer of an image under construction.</summary>
internal sealed record StageLayer(Descriptor Blob, Digest DiffId);

/// <summary>A stage as far as it is built.</summary>
internal sealed class StageState
{
    public required string Title { get; init; }

    public required ImageConfigDocument Config { get; init; }

    public List<StageLayer> Layers { get; init; } = [];

    /// <summary>Arguments declared so far, with their values.</summary>
    public SortedDictionary<string, string> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>Digest of all that led here: the key under which the next step is looked up.</summary>
    public required string Key { get; set; }

    /// <summary>When the newest layer was made (RFC 3339).</summary>
    public required string Created { get; set; }

    /// <summary>Whether this Dockerfile, and not the base image, has set the command.</summary>
    public bool HasOwnCommand { get; set; }

    public IReadOnlyList<Digest> DiffIds => Layers.Select(l => l.DiffId).ToList();

    /// <summary>A stage that continues this one.</summary>
    public StageState Continue(string title) => new()
    {
        Title = title, Config = Config.Clone(), Layers = [.. Layers], Key = Key, Created = Created,
    };

    public void Advance(params ReadOnlySpan<string> parts) =>
        Key = Digest.Of(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', [Key, .. parts]))).Hex;

    /// <summary>Environment wins over arguments of the same name.</summary>
    public Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(Arguments);
        foreach (var (name, value) in Config.Environment)
            variables[name] = value;
        return variables;
    }

    /// <summary>Its filesystem's directories, topmost first; empty for a stage from scratch with nothing in it.</summary>
    public IReadOnlyList<string> Stack(LayerStore layers) =>
        Layers.Count == 0 ? [] : layers.Stack(DiffIds, layers.EnsureFixup(DiffIds));
}
