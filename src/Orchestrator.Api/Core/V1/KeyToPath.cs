namespace Orchestrator.Api.Core.V1;

/// <summary>Which file a key becomes.</summary>
[ProtoMessage("k8s.io.api.core.v1.KeyToPath")]
public sealed record KeyToPath
{
    /// <summary>The key.</summary>
    [Proto(1), Required]
    public string? Key { get; init; }

    /// <summary>File the key becomes, relative to the volume.</summary>
    [Proto(2), Required]
    public string? Path { get; init; }

    /// <summary>Permission bits of the file.</summary>
    [Proto(3)]
    public int? Mode { get; init; }
}
