namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>Family of a table; the numbers are the kernel's NFPROTO_*.</summary>
public enum NftFamily : byte
{
    IPv4 = 2,
    Bridge = 7,
    IPv6 = 10,
}

public sealed record NftTable(NftFamily Family, string Name)
{
    public override string ToString() => $"{FamilyName} {Name}";

    private string FamilyName => Family switch
    {
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        _ => "bridge",
    };
}

/// <summary>Points of the packet path; the numbers are the kernel's, the same for IP and bridge tables.</summary>
public enum NftHook
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}

/// <param name="Type">"filter" or "nat".</param>
/// <param name="Priority">Lower runs first; destination NAT is -100, filters 0, source NAT 100.</param>
public sealed record NftBase(string Type, NftHook Hook, int Priority)
{
    public const int Raw = -300;
    public const int DestinationNat = -100;
    public const int Filter = 0;
    public const int SourceNat = 100;
}

/// <param name="Base">Where the chain hooks into the packet path; null for a chain that others jump to.</param>
public sealed record NftChain(string Name, NftBase? Base = null);

/// <summary>A set, or with <see cref="ValueTypes"/> a map.</summary>
public sealed record NftSet(string Name, params NftDataType[] KeyTypes)
{
    /// <summary>Types of a map's values; a single <see cref="NftDataType.Verdict"/> makes a verdict map.</summary>
    public NftDataType[] ValueTypes { get; init; } = [];

    /// <summary>Elements may be added by rules and go this long after they were last refreshed.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>For a key that ends with a random number (<see cref="NftDataType.Integer"/>): what that number stays below.</summary>
    public int RandomModulus { get; init; }

    public bool IsMap => ValueTypes.Length > 0;
}

public enum NftVerdictKind
{
    Drop = 0,
    Accept = 1,
    Jump = -3,
    Goto = -4,
    Return = -5,
}

public sealed record NftVerdict(NftVerdictKind Kind, string Chain = "")
{
    public static NftVerdict Accept { get; } = new(NftVerdictKind.Accept);

    public static NftVerdict Drop { get; } = new(NftVerdictKind.Drop);

    public static NftVerdict Return { get; } = new(NftVerdictKind.Return);

    public static NftVerdict Jump(string chain) => new(NftVerdictKind.Jump, chain);

    public static NftVerdict Goto(string chain) => new(NftVerdictKind.Goto, chain);

    public override string ToString() => Kind switch
    {
        NftVerdictKind.Jump => $"jump {Chain}",
        NftVerdictKind.Goto => $"goto {Chain}",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

/// <param name="Value">Of a data map.</param>
/// <param name="Verdict">Of a verdict map.</param>
public sealed record NftElement(NftKey Key, NftKey? Value = null, NftVerdict? Verdict = null)
{
    public override string ToString() => Value is null && Verdict is null ? Key.ToString() : $"{Key} : {(object?)Value ?? Verdict}";
}
