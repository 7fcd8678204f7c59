using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks requests and limits of containers and pods.</summary>
internal static class ResourceRules
{
    private const string HugePages = "hugepages-";

    private static readonly string[] Standard = ["cpu", "memory", "ephemeral-storage"];

    public static void Check(ResourceRequirements resources, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, limit) in resources.Limits ?? new Dictionary<string, Quantity>())
            CheckOne(name, limit, path.Child("limits"), errors);
        foreach (var (name, request) in resources.Requests ?? new Dictionary<string, Quantity>())
        {
            CheckOne(name, request, path.Child("requests"), errors);
            CheckAgainstLimit(name, request, resources.Limits, path, errors);
        }

        if (resources.Claims is { Count: > 0 })
            errors.Forbidden(path.Child("claims"), "dynamic resource allocation is not available in this cluster");
    }

    /// <summary>Resources that cannot be given out beyond what there is: whole pieces, and the request is the limit.</summary>
    private static bool CanOvercommit(string name) => !name.Contains('/') && !name.StartsWith(HugePages, StringComparison.Ordinal);

    private static void CheckOne(string name, Quantity quantity, FieldPath path, FieldErrors errors)
    {
        var valuePath = path.Key(name);
        foreach (var fault in LabelRules.QualifiedNameFaults(name))
            errors.Invalid(path, name, fault);
        if (!name.Contains('/') && !Standard.Contains(name) && !name.StartsWith(HugePages, StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "must be a standard resource type or fully qualified");
            errors.Invalid(path, name, "must be a standard resource for containers");
        }

        if (quantity.Sign < 0)
            errors.Invalid(valuePath, quantity, "must be greater than or equal to 0");
        if (name.Contains('/') && quantity.MilliValue % 1000 != 0)
            errors.Invalid(valuePath, quantity, "must be an integer");
    }

    private static void CheckAgainstLimit(
        string name, Quantity request, IReadOnlyDictionary<string, Quantity>? limits, FieldPath path, FieldErrors errors)
    {
        if (limits is null || !limits.TryGetValue(name, out var limit))
        {
            if (!CanOvercommit(name))
                errors.Required(path.Child("limits"), $"Limit must be set for non overcommitable resources");
            return;
        }

        if (!CanOvercommit(name) && request != limit)
            errors.Invalid(path.Child("requests"), request, $"must be equal to {name} limit of {limit}");
        else if (request > limit)
            errors.Invalid(path.Child("requests"), request, $"must be less than or equal to {name} limit of {limit}");
    }
}
