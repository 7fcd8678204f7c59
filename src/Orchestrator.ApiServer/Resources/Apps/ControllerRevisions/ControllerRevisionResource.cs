using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Apps.ControllerRevisions;

internal static class ControllerRevisionResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<ControllerRevision>() with
    {
        Strategy = new ControllerRevisionStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<ControllerRevision>("Controller", "string", 0, Controller, "Whose history this is."),
            Column.Of<ControllerRevision>("Revision", "string", 0, one => $"{one.Revision ?? 0}", "Number within the history."),
            Column.AgeColumn,
        ],
    };

    private static string Controller(ControllerRevision revision)
    {
        if (revision.ControllerOwner() is not { } owner)
            return CellText.None;
        var group = GroupVersionKind.Parse(owner.ApiVersion ?? "", owner.Kind ?? "").Group;
        var kind = (owner.Kind ?? "").ToLowerInvariant();
        return group.Length == 0 ? $"{kind}/{owner.Name}" : $"{kind}.{group}/{owner.Name}";
    }
}

/// <summary>Controller revisions: what they record never changes.</summary>
internal sealed class ControllerRevisionStrategy : ResourceStrategy<ControllerRevision>
{
    protected override void Validate(ControllerRevision item, FieldErrors errors)
    {
        NumberRules.CheckNotNegative(item.Revision, FieldPath.Of("revision"), errors);
        if (item.Data is null)
            errors.Required(FieldPath.Of("data"), "data is mandatory");
    }

    protected override void ValidateChange(ControllerRevision item, ControllerRevision old, FieldErrors errors)
    {
        if (item.Data?.GetRawText() != old.Data?.GetRawText())
            errors.Invalid(FieldPath.Of("data"), "", "field is immutable");
    }
}
