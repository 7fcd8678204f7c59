using System.Net;

namespace Orchestrator.Dns.Messages;

/// <summary>A record to be sent. Names are in text form.</summary>
public abstract record DnsRecord(string Name, uint TtlSeconds)
{
    public abstract DnsType Type { get; }
}

public sealed record AddressRecord(string Name, uint TtlSeconds, IPAddress Address) : DnsRecord(Name, TtlSeconds)
{
    public override DnsType Type => Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.AAAA;
}

/// <summary>A record whose data is a name: CNAME, NS or PTR.</summary>
public sealed record NameRecord(string Name, uint TtlSeconds, DnsType Kind, string Target) : DnsRecord(Name, TtlSeconds)
{
    public override DnsType Type => Kind;
}

public sealed record ServiceRecord(string Name, uint TtlSeconds, ushort Priority, ushort Weight, ushort Port, string Target) : DnsRecord(Name, TtlSeconds)
{
    public override DnsType Type => DnsType.SRV;
}

public sealed record TextRecord(string Name, uint TtlSeconds, string Text) : DnsRecord(Name, TtlSeconds)
{
    public override DnsType Type => DnsType.TXT;
}

/// <param name="NegativeSeconds">How long "there is none" may be remembered (RFC 2308).</param>
public sealed record AuthorityRecord(
    string Name, uint TtlSeconds, string Server, string Mailbox, uint Serial, uint RefreshSeconds, uint RetrySeconds,
    uint ExpireSeconds, uint NegativeSeconds) : DnsRecord(Name, TtlSeconds)
{
    public override DnsType Type => DnsType.SOA;
}
