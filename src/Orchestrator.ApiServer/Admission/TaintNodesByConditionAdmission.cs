using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Resources;

namespace Orchestrator.ApiServer.Admission;

/// <summary>A new node takes no pods until the node controller has seen it ready.</summary>
internal sealed class TaintNodesByConditionAdmission : IMutatingAdmission
{
    private const string Taint = "node.kubernetes.io/not-ready";

    public string Name => "TaintNodesByCondition";

    public bool Handles(AdmissionAttributes attributes) => attributes.Operation == AdmissionOperation.Create && attributes.Is<Node>();

    public ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var spec = attributes.Object!.Document.ChildOrNew("spec");
        if (spec.Items("taints").Any(taint => taint.Text("key") == Taint && taint.Text("effect") == "NoSchedule"))
            return default;
        if (spec["taints"] is not JsonArray taints)
            spec["taints"] = taints = [];
        taints.Add((JsonNode)new JsonObject { ["key"] = Taint, ["effect"] = "NoSchedule" });
        return default;
    }
}
