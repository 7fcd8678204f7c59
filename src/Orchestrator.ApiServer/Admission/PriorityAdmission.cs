using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Resources;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Turns a pod's priority class into a number. The two classes of the system are built in; there is no PriorityClass kind yet.
/// </summary>
internal sealed class PriorityAdmission : IMutatingAdmission
{
    private static readonly Dictionary<string, int> BuiltIn = new()
    {
        ["system-cluster-critical"] = 2_000_000_000,
        ["system-node-critical"] = 2_000_001_000,
    };

    public string Name => "Priority";

    public bool Handles(AdmissionAttributes attributes) => attributes.Operation == AdmissionOperation.Create && attributes.Is<Pod>();

    public ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var spec = attributes.Object!.Document.ChildOrNew("spec");
        var priority = 0;
        if (spec.Text("priorityClassName") is { Length: > 0 } name && !BuiltIn.TryGetValue(name, out priority))
            throw ApiErrors.Forbidden(attributes.Resource, attributes.Name, $"no PriorityClass with name {name} was found");
        if (spec.Number("priority") is { } given && given != priority)
            throw ApiErrors.Forbidden(attributes.Resource, attributes.Name,
                $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        spec["priority"] = priority;
        spec.Default("preemptionPolicy", "PreemptLowerPriority");
        return default;
    }
}
