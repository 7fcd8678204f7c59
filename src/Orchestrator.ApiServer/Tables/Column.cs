using Orchestrator.Api;

namespace Orchestrator.ApiServer.Tables;

/// <summary>One column of a kind's table, as <c>kubectl get</c> prints it.</summary>
/// <param name="Type">OpenAPI type of the cells: "string", "integer", "number", "boolean", "date".</param>
/// <param name="Format">"name" for the name column, else empty.</param>
/// <param name="Priority">0 shows always, above 0 with <c>-o wide</c> only.</param>
public sealed record Column(string Name, string Type, string Format, int Priority, string Description, Func<object, DateTimeOffset, object?> Cell)
{
    /// <summary>A column whose cell is computed from the typed object: a string, a number, a boolean or null.</summary>
    public static Column Of<T>(string name, string type, int priority, Func<T, object?> cell, string description = "")
        where T : KubernetesObject =>
        new(name, type, "", priority, description, (item, _) => cell((T)item));

    /// <summary>A column whose cell also depends on the time of the request, such as an age.</summary>
    public static Column Of<T>(string name, string type, int priority, Func<T, DateTimeOffset, object?> cell, string description = "")
        where T : KubernetesObject =>
        new(name, type, "", priority, description, (item, now) => cell((T)item, now));

    /// <summary>The first column of nearly every kind.</summary>
    public static Column NameColumn { get; } =
        new("Name", "string", "name", 0, "Name of the object, unique within its namespace.", (item, _) => ((KubernetesObject)item).Metadata.Name ?? "");

    /// <summary>Time since creation, e.g. "5d2h".</summary>
    public static Column AgeColumn { get; } =
        new("Age", "string", "", 0, "Time since the object was created.", (item, now) => HumanDuration.Since(((KubernetesObject)item).Metadata.CreationTimestamp, now));
}
