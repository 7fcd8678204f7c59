using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.PodTemplates;

internal static class PodTemplateResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<PodTemplate>() with
    {
        Strategy = new PodTemplateStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<PodTemplate>("Containers", "string", 0, one => CellText.ContainerNames(one.Template)),
            Column.Of<PodTemplate>("Images", "string", 0, one => CellText.Images(one.Template)),
            Column.Of<PodTemplate>("Pod Labels", "string", 0, one => CellText.Labels(one.Template?.Metadata?.Labels)),
        ],
    };
}

internal sealed class PodTemplateStrategy : ResourceStrategy<PodTemplate>
{
    /// <summary>The template is the spec.</summary>
    public override bool? TracksGeneration => true;

    public override void SetDefaults(JsonObject document) => PodSpecDefaults.Apply(document.Child("template")?.Child("spec"));

    protected override void Validate(PodTemplate item, FieldErrors errors) =>
        PodSpecRules.CheckTemplate(item.Template, FieldPath.Of("template"), errors);
}
