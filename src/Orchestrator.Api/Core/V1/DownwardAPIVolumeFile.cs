namespace Orchestrator.Api.Core.V1;

/// <summary>One field of the pod as a file.</summary>
[ProtoMessage("k8s.io.api.core.v1.DownwardAPIVolumeFile")]
public sealed record DownwardAPIVolumeFile
{
    /// <summary>Path of the file or directory.</summary>
    [Proto(1), Required]
    public string? Path { get; init; }

    /// <summary>A field of the pod.</summary>
    [Proto(2)]
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of a container.</summary>
    [Proto(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>Permission bits of the file.</summary>
    [Proto(4)]
    public int? Mode { get; init; }
}
