namespace Orchestrator.Dns.Messages;

/// <summary>Record types of RFC 1035, 2782, 3596 and 6891 that are answered here; others pass through as numbers.</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
    OPT = 41,
    ANY = 255,
}

/// <summary>Response codes of RFC 1035 and 6891.</summary>
public enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>Only with EDNS: the upper bits travel in the OPT record.</summary>
    BadVersion = 16,
}

/// <summary>Sizes of RFC 1035 and of common sense.</summary>
public static class DnsLimits
{
    public const int HeaderLength = 12;

    /// <summary>What every client takes over UDP.</summary>
    public const int PlainUdpLength = 512;

    /// <summary>The most sent over UDP whatever the client offers: no IPv6 path fragments it (DNS flag day 2020).</summary>
    public const int LargestUdpLength = 1232;

    public const int LargestTcpLength = 65535;

    public const int LongestName = 255;

    public const int LongestLabel = 63;

    /// <summary>Compression pointers followed for one name. Each must point backwards, so this only bounds the work.</summary>
    public const int PointerHops = 64;
}
