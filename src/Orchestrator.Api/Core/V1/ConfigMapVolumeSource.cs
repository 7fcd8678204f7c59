namespace Orchestrator.Api.Core.V1;

/// <summary>Keys of a config map as files.</summary>
[ProtoMessage("k8s.io.api.core.v1.ConfigMapVolumeSource")]
public sealed record ConfigMapVolumeSource
{
    /// <summary>Name of the object.</summary>
    [Proto(1, 1)]
    public string? Name { get; init; }

    /// <summary>Which keys become which files; all keys when left out.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    /// <summary>Permission bits of the files for which no mode is given.</summary>
    [Proto(3), Default(420)]
    public int? DefaultMode { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(4)]
    public bool? Optional { get; init; }
}
