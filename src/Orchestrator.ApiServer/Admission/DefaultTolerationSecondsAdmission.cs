using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Resources;

namespace Orchestrator.ApiServer.Admission;

/// <summary>Pods stay for a while on a node that is not ready or cannot be reached, unless they say otherwise.</summary>
internal sealed class DefaultTolerationSecondsAdmission(int seconds) : IMutatingAdmission
{
    private static readonly string[] Taints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public string Name => "DefaultTolerationSeconds";

    public bool Handles(AdmissionAttributes attributes) => attributes.Operation == AdmissionOperation.Create && attributes.Is<Pod>();

    public ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var spec = attributes.Object!.Document.ChildOrNew("spec");
        foreach (var taint in Taints)
        {
            if (spec.Items("tolerations").Any(toleration => Tolerates(toleration, taint)))
                continue;
            if (spec["tolerations"] is not JsonArray tolerations)
                spec["tolerations"] = tolerations = [];
            tolerations.Add((JsonNode)new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = seconds });
        }

        return default;
    }

    private static bool Tolerates(JsonObject toleration, string taint) =>
        (toleration.Text("key") == taint || toleration.Text("key") is null or "")
            && toleration.Text("effect") is "NoExecute" or null or "";
}
