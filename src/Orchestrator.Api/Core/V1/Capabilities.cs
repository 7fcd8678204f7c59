namespace Orchestrator.Api.Core.V1;

/// <summary>Linux capabilities added to and taken from the default set.</summary>
[ProtoMessage("k8s.io.api.core.v1.Capabilities")]
public sealed record Capabilities
{
    /// <summary>Capabilities to add.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Add { get; init; }

    /// <summary>Capabilities to take away.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Drop { get; init; }
}
