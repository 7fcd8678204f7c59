using System.Text.Json.Serialization;

namespace Orchestrator.Runtime.Snapshots;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UnpackedLayer))]
internal sealed partial class SnapshotJson : JsonSerializerContext;

internal static class LayerModes
{
    /// <summary>0755: what a directory gets that no archive describes.</summary>
    public const UnixFileMode Directory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
}
