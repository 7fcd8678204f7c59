using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Dns.Zone;

/// <param name="Target">Relative to the zone.</param>
public sealed record ZoneTarget(string Target, ushort Port);

/// <summary>What there is under one name of the zone; all empty for a name that only has names below it.</summary>
public sealed record ZoneName
{
    public static ZoneName Empty { get; } = new();

    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    public ImmutableArray<ZoneTarget> Targets { get; init; } = [];

    /// <summary>A full name elsewhere that this one stands for (ExternalName).</summary>
    public string? Alias { get; init; }
}
