using System.Text.Json;
using Orchestrator.Client.Causes;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Why an object was written last: behind the line feed in its stored form.</summary>
internal static class StoredCause
{
    /// <returns>Null when its writer gave no cause.</returns>
    public static Cause? Read(KeyValue item)
    {
        var bytes = item.Value;
        var end = bytes.Span.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        using var document = JsonDocument.Parse(bytes[(end + 1)..]);
        return document.RootElement.TryGetProperty("cause", out var cause) ? CauseHeader.Parse(cause.GetRawText()) : null;
    }
}
