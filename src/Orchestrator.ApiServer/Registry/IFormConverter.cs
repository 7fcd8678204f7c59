using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Registry;

/// <summary>Two kinds over one stored form. Pure; called concurrently.</summary>
public interface IFormConverter
{
    /// <summary>Turns an object of this kind into the form that is stored.</summary>
    JsonObject ToStored(JsonObject document);

    /// <summary>Turns a stored object into this kind.</summary>
    JsonObject FromStored(JsonObject stored);
}
