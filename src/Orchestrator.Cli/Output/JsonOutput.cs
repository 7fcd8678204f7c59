using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator.Cli.Output;

internal static class JsonOutput
{
    /// <summary>As people read it: indented, nothing escaped without need.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
