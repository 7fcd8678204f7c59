namespace Orchestrator.Api.Core.V1;

/// <summary>A file or directory of the node.</summary>
[ProtoMessage("k8s.io.api.core.v1.HostPathVolumeSource")]
public sealed record HostPathVolumeSource
{
    /// <summary>Path of the file or directory.</summary>
    [Proto(1), Required]
    public string? Path { get; init; }

    /// <summary>What must be there: empty for anything, or Directory, DirectoryOrCreate, File, FileOrCreate, Socket, CharDevice, BlockDevice.</summary>
    [Proto(2)]
    public string? Type { get; init; }
}
