using System.Text.Json;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

/// <summary>A recorded state that a controller can go back to.</summary>
[ProtoMessage("k8s.io.api.apps.v1.ControllerRevision")]
[Resource("apps", "v1", "ControllerRevision", "controllerrevisions", "controllerrevision", Namespaced = true)]
public sealed record ControllerRevision : KubernetesObject
{
    public ControllerRevision()
    {
        ApiVersion = "apps/v1";
        Kind = "ControllerRevision";
    }

    /// <summary>The recorded state.</summary>
    [Proto(2)]
    public JsonElement? Data { get; init; }

    /// <summary>Revision number of this state.</summary>
    [Proto(3), Required]
    public long? Revision { get; init; }
}
