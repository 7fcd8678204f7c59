using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Apps.Deployments;

/// <summary>Deployments: roll over a quarter of their pods at a time unless told otherwise; keep their selector for life.</summary>
internal sealed class DeploymentResourceStrategy : ResourceStrategy<Deployment>
{
    public override void SetDefaults(JsonObject document)
    {
        if (document.Child("spec") is not { } spec)
            return;
        var strategy = spec.ChildOrNew("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.ChildOrNew("rollingUpdate");
            rolling.Default("maxUnavailable", "25%");
            rolling.Default("maxSurge", "25%");
        }

        PodSpecDefaults.Apply(spec.Child("template")?.Child("spec"));
    }

    protected override void Validate(Deployment item, FieldErrors errors)
    {
        var spec = item.Spec ?? new DeploymentSpec();
        var path = FieldPath.Of("spec");
        NumberRules.CheckNotNegative(spec.Replicas, path.Child("replicas"), errors);
        WorkloadRules.CheckSelectorAndTemplate(spec.Selector, spec.Template, "deployment", path, errors);
        WorkloadRules.CheckAlwaysRestarts(spec.Template, path, errors);
        CheckStrategy(spec.Strategy ?? new DeploymentStrategy(), path.Child("strategy"), errors);
        NumberRules.CheckNotNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        NumberRules.CheckNotNegative(spec.RevisionHistoryLimit, path.Child("revisionHistoryLimit"), errors);
        if (spec.ProgressDeadlineSeconds is not { } deadline)
            return;
        NumberRules.CheckNotNegative(deadline, path.Child("progressDeadlineSeconds"), errors);
        if (deadline <= (spec.MinReadySeconds ?? 0))
            errors.Invalid(path.Child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
    }

    protected override void ValidateChange(Deployment item, Deployment old, FieldErrors errors) =>
        WorkloadRules.CheckSelectorUnchanged(item.Spec?.Selector, old.Spec?.Selector, FieldPath.Of("spec").Child("selector"), errors);

    private static void CheckStrategy(DeploymentStrategy strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "Recreate":
                if (strategy.RollingUpdate is not null)
                    errors.Forbidden(path.Child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                CheckRolling(strategy.RollingUpdate ?? new RollingUpdateDeployment(), path.Child("rollingUpdate"), errors);
                break;
            default:
                errors.NotSupported(path.Child("type"), strategy.Type ?? "", "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void CheckRolling(RollingUpdateDeployment rolling, FieldPath path, FieldErrors errors)
    {
        WorkloadRules.CheckNumberOrPercent(rolling.MaxUnavailable, path.Child("maxUnavailable"), errors);
        WorkloadRules.CheckNumberOrPercent(rolling.MaxSurge, path.Child("maxSurge"), errors);
        if (WorkloadRules.IsZero(rolling.MaxUnavailable) && WorkloadRules.IsZero(rolling.MaxSurge))
            errors.Invalid(path.Child("maxUnavailable"), rolling.MaxUnavailable is { IsString: true } text ? text.Text : 0, "may not be 0 when `maxSurge` is 0");
        if (rolling.MaxUnavailable is { IsString: true } percent && WorkloadRules.Percent(percent) > 100)
            errors.Invalid(path.Child("maxUnavailable"), percent.Text, "must not be greater than 100%");
    }
}
