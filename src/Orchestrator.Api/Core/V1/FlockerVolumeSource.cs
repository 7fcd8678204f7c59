namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FlockerVolumeSource")]
public sealed record FlockerVolumeSource
{
    /// <summary>Name of the dataset. Deprecated.</summary>
    [Proto(1)]
    public string? DatasetName { get; init; }

    /// <summary>Id of the dataset.</summary>
    [Proto(2)]
    public string? DatasetUUID { get; init; }
}
