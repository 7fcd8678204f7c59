using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>Writes transactions and rules in the language of nft(8), for people and for golden tests.</summary>
public static class NftText
{
    public static string Render(NftTransaction transaction)
    {
        var text = new StringBuilder();
        foreach (var operation in transaction.Operations)
            text.Append(Render(operation, transaction.Table)).Append('\n');
        return text.ToString();
    }

    public static string Render(NftOperation operation, NftTable table) => operation switch
    {
        NftOperation.AddTable => $"add table {table}",
        NftOperation.DeleteTable => $"delete table {table}",
        NftOperation.AddChain add => $"add chain {table} {add.Chain.Name}{RenderBase(add.Chain.Base)}",
        NftOperation.FlushChain flush => $"flush chain {table} {flush.Chain}",
        NftOperation.DeleteChain delete => $"delete chain {table} {delete.Chain}",
        NftOperation.AddRule add => $"add rule {table} {add.Chain} {Render(add.Rule, table.Family)}",
        NftOperation.AddSet add => $"add {SetWord(add.Set)} {table} {add.Set.Name} {RenderSet(add.Set)}",
        NftOperation.DeleteSet delete => $"delete {SetWord(delete.Set)} {table} {delete.Set.Name}",
        NftOperation.FlushSet flush => $"flush {SetWord(flush.Set)} {table} {flush.Set.Name}",
        NftOperation.AddElement add => $"add element {table} {add.Set.Name} {{ {add.Element} }}",
        NftOperation.DeleteElement delete => $"delete element {table} {delete.Set.Name} {{ {delete.Element.Key} }}",
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    public static string Render(NftRule rule, NftFamily family)
    {
        var text = new StringBuilder();
        foreach (var statement in rule.Statements)
            text.Append(text.Length == 0 ? "" : " ").Append(Render(statement, family));
        if (rule.Comment.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" comment \"{rule.Comment}\"");
        return text.ToString();
    }

    private static string Render(NftStatement statement, NftFamily family) => statement switch
    {
        NftMatch match => $"{Render(match.Selector, family)} {Not(match.Negate)}{match.Value}",
        NftMatchRange match => $"{Render(match.Selector, family)} {Not(match.Negate)}{match.Range}",
        NftMatchSet match => $"{Render(match.Selectors, family)} {Not(match.Negate)}@{match.Set}",
        NftMatchLocalDestination match => $"fib daddr type {Not(match.Negate)}local",
        NftMatchLocalSource match => $"fib saddr type {Not(match.Negate)}local",
        NftMatchNew => "ct state new",
        NftMatchMark match => $"meta mark & 0x{match.Bits:x8} {(match.Negate ? "==" : "!=")} 0x00000000",
        NftVerdictMap map => $"{Render(map.Selectors, family)} vmap @{map.Map}",
        NftRandomVerdict random => $"numgen random mod {random.Verdicts.Length} vmap {{ {Numbered(random.Verdicts, verdict => verdict.ToString())} }}",
        NftDecide decide => decide.Verdict.ToString(),
        NftMarkBits mark => $"meta mark set meta mark | 0x{mark.Bits:x8}",
        NftFlipMark mark => $"meta mark set meta mark ^ 0x{mark.Bits:x8}",
        NftRemember remember => $"update @{remember.Set} {{ {Render(remember.Selectors, family)} }}",
        NftRedirect redirect => $"dnat to {RenderTarget(redirect.Address, redirect.Port, ":")}",
        NftRandomRedirect random =>
            $"dnat {Word(family)} to numgen random mod {random.Targets.Length} map {{ {Numbered(random.Targets, target => $"{target.Address} . {target.Port}")} }}",
        NftMapRedirect map => $"dnat {Word(family)} to {Render(map.Selectors, family)}{RenderRandom(map.RandomModulus)} map @{map.Map}",
        NftMasquerade => "masquerade fully-random",
        NftReject reject => RenderReject(reject.With, family),
        _ => throw new ArgumentOutOfRangeException(nameof(statement)),
    };

    private static string Render(ImmutableArray<NftSelector> selectors, NftFamily family) =>
        string.Join(" . ", selectors.Select(selector => Render(selector, family)));

    private static string Render(NftSelector selector, NftFamily family) => selector switch
    {
        NftSelector.SourceAddress => $"{Word(family)} saddr",
        NftSelector.DestinationAddress => $"{Word(family)} daddr",
        NftSelector.Protocol => "meta l4proto",
        NftSelector.SourcePort => "th sport",
        NftSelector.DestinationPort => "th dport",
        NftSelector.InputInterface => "iifname",
        NftSelector.OutputInterface => "oifname",
        NftSelector.OriginalDestinationAddress => $"ct original {Word(family)} daddr",
        NftSelector.OriginalDestinationPort => "ct original proto-dst",
        _ => throw new ArgumentOutOfRangeException(nameof(selector)),
    };

    private static string RenderReject(NftRejection with, NftFamily family) => (with, family) switch
    {
        (NftRejection.TcpReset, _) => "reject with tcp reset",
        (NftRejection.HostUnreachable, NftFamily.IPv6) => "reject with icmpv6 type addr-unreachable",
        (NftRejection.HostUnreachable, _) => "reject with icmp type host-unreachable",
        _ => "reject",
    };

    private static string RenderBase(NftBase? hook) => hook is null
        ? ""
        : $" {{ type {hook.Type} hook {hook.Hook.ToString().ToLowerInvariant()} priority {hook.Priority} ; }}";

    private static string RenderSet(NftSet set)
    {
        if (set.RandomModulus > 0)
            return $"{{ typeof {RenderExamples(set.KeyTypes)}{RenderRandom(set.RandomModulus)} : {RenderExamples(set.ValueTypes)} ; }}";
        var value = set.IsMap ? $" : {RenderTypes(set.ValueTypes)}" : "";
        var timeout = set.Timeout is { } time ? $" flags dynamic,timeout ; timeout {(long)time.TotalSeconds}s ;" : "";
        return $"{{ type {RenderTypes(set.KeyTypes)}{value} ;{timeout} }}";
    }

    private static string RenderTypes(NftDataType[] types) => string.Join(" . ", types.Select(type => type switch
    {
        NftDataType.Verdict => "verdict",
        NftDataType.Integer => "integer",
        NftDataType.IPv4Address => "ipv4_addr",
        NftDataType.IPv6Address => "ipv6_addr",
        NftDataType.InetProtocol => "inet_proto",
        NftDataType.InetService => "inet_service",
        NftDataType.Mark => "mark",
        _ => "ifname",
    }));

    private static string RenderRandom(int modulus) => modulus > 0 ? $" . numgen random mod {modulus}" : "";

    /// <summary>A plain number has no type name in nft; sets with one are declared by expressions of the right types.</summary>
    private static string RenderExamples(NftDataType[] types) => string.Join(" . ", types.Where(type => type != NftDataType.Integer).Select(type => type switch
    {
        NftDataType.IPv4Address => "ip daddr",
        NftDataType.IPv6Address => "ip6 daddr",
        NftDataType.InetProtocol => "meta l4proto",
        NftDataType.InetService => "th dport",
        _ => throw new ArgumentOutOfRangeException(nameof(types), type, "Not part of a key with a random number."),
    }));

    private static string RenderTarget(IPAddress address, int port, string separator) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]{separator}{port}" : $"{address}{separator}{port}";

    private static string Numbered<T>(ImmutableArray<T> items, Func<T, string> render) =>
        string.Join(", ", items.Select((item, index) => $"{index} : {render(item)}"));

    private static string SetWord(NftSet set) => set.IsMap ? "map" : "set";

    private static string Word(NftFamily family) => family == NftFamily.IPv6 ? "ip6" : "ip";

    private static string Not(bool negate) => negate ? "!= " : "";
}
