using System.Collections.Immutable;

namespace Orchestrator.Dns.Messages;

/// <summary>What to answer, before it is written.</summary>
public sealed record DnsReply(DnsCode Code)
{
    /// <summary>We are the source of this answer, not a relay.</summary>
    public bool Authoritative { get; init; }

    public ImmutableArray<DnsRecord> Answers { get; init; } = [];

    public ImmutableArray<DnsRecord> Authorities { get; init; } = [];

    public ImmutableArray<DnsRecord> Additionals { get; init; } = [];
}
