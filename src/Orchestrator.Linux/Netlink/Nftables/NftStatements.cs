using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>What a rule looks at in a packet.</summary>
public enum NftSelector
{
    SourceAddress,
    DestinationAddress,
    Protocol,
    SourcePort,
    DestinationPort,
    InputInterface,
    OutputInterface,

    /// <summary>The destination before translation, as connection tracking remembers it.</summary>
    OriginalDestinationAddress,
    OriginalDestinationPort,
}

/// <summary>One step of a rule: a match that lets the packet go on to the next step or leaves the rule, or an action.</summary>
public abstract record NftStatement;

/// <summary>Goes on if the selected value is (or with <see cref="Negate"/> is not) the given one.</summary>
public sealed record NftMatch(NftSelector Selector, NftDatum Value) : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Goes on if the selected address is (or is not) in the range.</summary>
public sealed record NftMatchRange(NftSelector Selector, IPNetwork Range) : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Goes on if the selected values, side by side, are (or are not) in the set.</summary>
public sealed record NftMatchSet(ImmutableArray<NftSelector> Selectors, string Set) : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Goes on if the destination is an address of this network namespace (fib daddr type local).</summary>
public sealed record NftMatchLocalDestination : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Goes on if the source is an address of this network namespace (fib saddr type local).</summary>
public sealed record NftMatchLocalSource : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Goes on if this packet opens a connection (ct state new).</summary>
public sealed record NftMatchNew : NftStatement;

/// <summary>Goes on if any (or with <see cref="Negate"/> none) of these bits of the packet mark is set.</summary>
public sealed record NftMatchMark(uint Bits) : NftStatement
{
    public bool Negate { get; init; }
}

/// <summary>Leaves for the verdict that the map holds for the selected values; goes on if it holds none.</summary>
public sealed record NftVerdictMap(ImmutableArray<NftSelector> Selectors, string Map) : NftStatement;

/// <summary>Leaves for one of the verdicts, each as likely as the others.</summary>
public sealed record NftRandomVerdict(ImmutableArray<NftVerdict> Verdicts) : NftStatement;

public sealed record NftDecide(NftVerdict Verdict) : NftStatement;

/// <summary>Sets bits of the packet mark.</summary>
public sealed record NftMarkBits(uint Bits) : NftStatement;

/// <summary>Flips bits of the packet mark.</summary>
public sealed record NftFlipMark(uint Bits) : NftStatement;

/// <summary>Puts the selected values into a set with a timeout, or refreshes them there.</summary>
public sealed record NftRemember(ImmutableArray<NftSelector> Selectors, string Set) : NftStatement;

/// <summary>A new destination. The protocol must have been matched before.</summary>
public sealed record NftRedirect(IPAddress Address, int Port) : NftStatement;

/// <summary>One of several new destinations, each as likely as the others. The protocol must have been matched before.</summary>
public sealed record NftRandomRedirect(ImmutableArray<IPEndPoint> Targets) : NftStatement;

/// <summary>The new destination (address and port) that the map holds for the selected values; goes on if it holds none.</summary>
public sealed record NftMapRedirect(ImmutableArray<NftSelector> Selectors, string Map) : NftStatement
{
    /// <summary>Above 0: the key ends with a random number below this, so that the map holds as many targets for the same values.</summary>
    public int RandomModulus { get; init; }
}

/// <summary>Puts the outgoing link's address, and any free port, in place of the source.</summary>
public sealed record NftMasquerade : NftStatement;

public enum NftRejection
{
    PortUnreachable,
    HostUnreachable,
    TcpReset,
}

/// <summary>Drops the packet and tells the sender.</summary>
public sealed record NftReject(NftRejection With = NftRejection.PortUnreachable) : NftStatement;

/// <summary>Steps taken in order, with a remark for people.</summary>
public sealed record NftRule(ImmutableArray<NftStatement> Statements, string Comment = "")
{
    public NftRule(params NftStatement[] statements) : this([.. statements], "")
    {
    }

    public override string ToString() => NftText.Render(this, NftFamily.IPv4);
}
