using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Dns.Messages;
using Orchestrator.Dns.Zone;

namespace Orchestrator.Dns.Answers;

/// <summary>What becomes of a question.</summary>
/// <param name="Reply">The answer, or as much of it as the cluster knows.</param>
/// <param name="Chase">A name outside the cluster whose addresses belong to the answer too; null if the reply is complete.</param>
public sealed record ClusterAnswer(DnsReply Reply, string? Chase = null);

/// <summary>Answers questions about the cluster from one snapshot. Pure.</summary>
public sealed class ClusterAnswers(DnsOptions options)
{
    private const string SchemaVersion = "1.1.0";

    /// <summary>The zone's own name server is the Service that leads to us.</summary>
    private const string NameServer = "ns.dns";
    private const string DnsService = "kube-dns.kube-system.svc";

    /// <summary>Aliases followed from one Service to the next; a longer chain, or a circle, ends there.</summary>
    private const int AliasHops = 8;

    private readonly string _zone = options.Zone.TrimEnd('.').ToLowerInvariant();
    private readonly string _suffix = "." + options.Zone.TrimEnd('.').ToLowerInvariant();
    private readonly uint _lifetime = (uint)options.RecordLifetime.TotalSeconds;
    private readonly uint _negativeLifetime = (uint)options.NegativeLifetime.TotalSeconds;

    /// <summary>The answer; null if the question is not about the cluster and has to go upstream.</summary>
    public ClusterAnswer? Answer(DnsQuery query, ZoneSnapshot zone)
    {
        if (query.Class != DnsQuery.InternetClass)
            return null;
        if (TryRelative(query.Name, out var relative))
            return zone.Complete || zone.Names.ContainsKey(relative) ? Forward(query, relative, zone) : new ClusterAnswer(new DnsReply(DnsCode.ServerFailure));
        return TryAddress(query.Name, out var address) ? Reverse(query, address, zone) : null;
    }

    private ClusterAnswer Forward(DnsQuery query, string relative, ZoneSnapshot zone)
    {
        if (relative.Length == 0)
            return new ClusterAnswer(Apex(query));
        if (relative == "dns-version" && query.Type is DnsType.TXT or DnsType.ANY)
            return new ClusterAnswer(Positive([new TextRecord(query.Name, _lifetime, SchemaVersion)]));
        if (PodAddress(relative, zone) is { } pod)
            return new ClusterAnswer(Addresses(query, query.Name, [pod]));
        if (zone.Names.TryGetValue(relative == NameServer ? DnsService : relative, out var name))
            return name.Alias is null ? new ClusterAnswer(Records(query, name, zone)) : Alias(query, relative, zone);
        return new ClusterAnswer(Exists(relative, zone) ? NoData() : Missing());
    }

    private DnsReply Apex(DnsQuery query) => query.Type switch
    {
        DnsType.SOA => Positive([Authority]),
        DnsType.NS => Positive([new NameRecord(query.Name, _lifetime, DnsType.NS, NameServer + _suffix)]),
        _ => NoData(),
    };

    private DnsReply Records(DnsQuery query, ZoneName name, ZoneSnapshot zone) => query.Type switch
    {
        DnsType.A or DnsType.AAAA or DnsType.ANY => Addresses(query, query.Name, name.Addresses),
        DnsType.SRV when !name.Targets.IsEmpty => Targets(query, name.Targets, zone),
        _ => NoData(),
    };

    /// <summary>Clients take the first address, so the list starts elsewhere each time.</summary>
    private DnsReply Addresses(DnsQuery query, string owner, ImmutableArray<IPAddress> addresses)
    {
        var family = query.Type == DnsType.AAAA ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var matching = addresses.Where(address => address.AddressFamily == family || query.Type == DnsType.ANY).ToList();
        if (matching.Count == 0)
            return NoData();
        var start = query.Id % matching.Count;
        return Positive([.. matching.Skip(start).Concat(matching.Take(start)).Select(address => new AddressRecord(owner, _lifetime, address))]);
    }

    /// <summary>Equal weights that sum up to about 100, and the targets' addresses beside them.</summary>
    private DnsReply Targets(DnsQuery query, ImmutableArray<ZoneTarget> targets, ZoneSnapshot zone)
    {
        var weight = (ushort)Math.Max(1, 100 / targets.Length);
        var addresses = targets.Select(target => target.Target).Distinct()
            .SelectMany(target => zone.Names.TryGetValue(target, out var name)
                ? name.Addresses.Select(address => new AddressRecord(target + _suffix, _lifetime, address))
                : []);
        return Positive([.. targets.Select(target => new ServiceRecord(query.Name, _lifetime, 0, weight, target.Port, target.Target + _suffix))]) with { Additionals = [.. addresses] };
    }

    /// <summary>
    /// Clients here do not follow aliases themselves, so the answer holds the whole chain: through other Services from the
    /// snapshot, and for a name outside the caller has to ask upstream.
    /// </summary>
    private ClusterAnswer Alias(DnsQuery query, string relative, ZoneSnapshot zone)
    {
        var chain = ImmutableArray.CreateBuilder<DnsRecord>();
        var owner = query.Name;
        for (var hop = 0; hop < AliasHops && zone.Names.TryGetValue(relative, out var name); hop++)
        {
            if (name.Alias is not { } target)
                return new ClusterAnswer(Positive([.. chain, .. Addresses(query, owner, name.Addresses).Answers]));
            chain.Add(new NameRecord(owner, _lifetime, DnsType.CNAME, target));
            if (query.Type is not (DnsType.A or DnsType.AAAA))
                break;
            if (!TryRelative(target, out relative))
                return new ClusterAnswer(Positive(chain.ToImmutable()), target);
            owner = target;
        }
        return new ClusterAnswer(Positive(chain.ToImmutable()));
    }

    private ClusterAnswer? Reverse(DnsQuery query, IPAddress address, ZoneSnapshot zone)
    {
        if (zone.Reverse.TryGetValue(address, out var names))
        {
            return new ClusterAnswer(query.Type is DnsType.PTR or DnsType.ANY
                ? Positive([.. names.Select(name => new NameRecord(query.Name, _lifetime, DnsType.PTR, name + _suffix))])
                : NoData());
        }
        if (!options.OwnRanges.Any(range => range.Contains(address)))
            return null;
        return new ClusterAnswer(zone.Complete ? Missing() : new DnsReply(DnsCode.ServerFailure));
    }

    /// <summary>"10-244-1-2.default.pod": the address is in the name. As long as the namespace exists no pod has to.</summary>
    private static IPAddress? PodAddress(string relative, ZoneSnapshot zone)
    {
        var labels = relative.Split('.');
        if (labels is not [var dashed, var @namespace, "pod"] || !zone.Namespaces.Contains(@namespace))
            return null;
        var text = dashed.Count(letter => letter == '-') == 3 && !dashed.Contains("--", StringComparison.Ordinal)
            ? dashed.Replace('-', '.')
            : dashed.Replace('-', ':');
        return IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || IsDottedQuad(text)) ? address : null;
    }

    /// <summary>Strictly: the parser of addresses also takes fewer parts, and reads leading zeros as octal.</summary>
    private static bool IsDottedQuad(string text) =>
        text.Split('.') is { Length: 4 } parts
        && parts.All(part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (part.Length == 1 || part[0] != '0'));

    /// <summary>Names that have others below them exist, although they hold nothing.</summary>
    private static bool Exists(string relative, ZoneSnapshot zone) => relative.Split('.') switch
    {
        ["svc" or "pod" or "dns" or "dns-version"] => true,
        [var @namespace, "svc" or "pod"] => zone.Namespaces.Contains(@namespace),
        _ => false,
    };

    private DnsReply Positive(ImmutableArray<DnsRecord> answers) =>
        answers.IsEmpty ? NoData() : new DnsReply(DnsCode.NoError) { Authoritative = true, Answers = answers };

    /// <summary>The name exists, but not with that type (RFC 2308).</summary>
    private DnsReply NoData() => new(DnsCode.NoError) { Authoritative = true, Authorities = [Authority] };

    private DnsReply Missing() => new(DnsCode.NameError) { Authoritative = true, Authorities = [Authority] };

    /// <summary>The serial never changes: nobody transfers this zone.</summary>
    private AuthorityRecord Authority => new(
        _zone, _negativeLifetime, NameServer + _suffix, $"hostmaster{_suffix}", 1, 7200, 1800, 86400, _negativeLifetime);

    private bool TryRelative(string name, out string relative)
    {
        relative = "";
        if (name == _zone)
            return true;
        if (!name.EndsWith(_suffix, StringComparison.Ordinal))
            return false;
        relative = name[..^_suffix.Length];
        return true;
    }

    /// <summary>The address of a reverse name: "2.1.244.10.in-addr.arpa", or 32 nibbles under ip6.arpa.</summary>
    private static bool TryAddress(string name, out IPAddress address)
    {
        address = IPAddress.None;
        if (name.EndsWith(".in-addr.arpa", StringComparison.Ordinal))
        {
            var text = string.Join('.', name[..^13].Split('.').Reverse());
            return IsDottedQuad(text) && IPAddress.TryParse(text, out address!);
        }
        if (!name.EndsWith(".ip6.arpa", StringComparison.Ordinal) || name.Split('.') is not { Length: 34 } nibbles)
            return false;
        UInt128 number = 0;
        for (var i = 31; i >= 0; i--)
        {
            if (nibbles[i].Length != 1 || !char.IsAsciiHexDigit(nibbles[i][0]))
                return false;
            number = (number << 4) | Convert.ToByte(nibbles[i], 16);
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        address = new IPAddress(bytes);
        return true;
    }
}
