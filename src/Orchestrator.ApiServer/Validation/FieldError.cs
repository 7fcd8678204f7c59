namespace Orchestrator.ApiServer.Validation;

/// <summary>One fault of one field, worded as kubectl users know it.</summary>
/// <param name="Reason">The cause's reason in the Status, e.g. "FieldValueInvalid".</param>
/// <param name="Path">E.g. "spec.replicas".</param>
/// <param name="Message">Without the path, e.g. "Invalid value: -1: must be greater than or equal to 0".</param>
public sealed record FieldError(string Reason, string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
