using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Proxy.Rules;

/// <summary>
/// The fixed part of the table: hooks, and the maps and sets they look Services up in. Every packet that opens a
/// connection costs the same few lookups, whatever the number of Services. The README draws the way of a packet.
/// </summary>
internal sealed class ProxyTable
{
    public const string MarkChain = "mark-for-masquerade";
    public const string RejectChain = "reject-packet";

    /// <summary>Filters that must see a packet before its destination is translated.</summary>
    private const int BeforeTranslation = NftBase.DestinationNat - 10;

    public static readonly ImmutableArray<NftSelector> AddressKey =
        [NftSelector.DestinationAddress, NftSelector.Protocol, NftSelector.DestinationPort];

    public static readonly ImmutableArray<NftSelector> PortKey = [NftSelector.Protocol, NftSelector.DestinationPort];

    /// <summary>
    /// Up to so many endpoints a plain ClusterIP port lives in a map of <see cref="EndpointMaps"/>; a packet to such an address tries
    /// them all at worst. Ports with more endpoints have a chain of their own.
    /// </summary>
    public const int MostMappedEndpoints = 16;

    private readonly uint _masqueradeMark;
    private readonly IPNetwork? _podRange;

    public ProxyTable(ProxyOptions options, NftFamily family)
    {
        _masqueradeMark = options.MasqueradeMark;
        _podRange = options.PodRange is { } range && FamilyOf(range) == family ? range : null;
        Table = new NftTable(family, options.TableName);
        Address = family == NftFamily.IPv4 ? NftDataType.IPv4Address : NftDataType.IPv6Address;
        ServiceIPs = Map("service-ips", Address, NftDataType.InetProtocol, NftDataType.InetService);
        NodePorts = Map("service-nodeports", NftDataType.InetProtocol, NftDataType.InetService);
        NoEndpointIPs = Map("no-endpoint-services", Address, NftDataType.InetProtocol, NftDataType.InetService);
        NoEndpointNodePorts = Map("no-endpoint-nodeports", NftDataType.InetProtocol, NftDataType.InetService);
        FirewallIPs = Map("firewall-ips", Address, NftDataType.InetProtocol, NftDataType.InetService);
        ClusterIPs = new NftSet("cluster-ips", Address);
        Hairpins = new NftSet("hairpins", Address, Address);
        EndpointMaps = [.. Enumerable.Range(1, MostMappedEndpoints).Select(EndpointMap)];
    }

    public NftTable Table { get; }

    public NftDataType Address { get; }

    /// <summary>Address, protocol and port of a Service to the chain that chooses an endpoint.</summary>
    public NftSet ServiceIPs { get; }

    public NftSet NodePorts { get; }

    /// <summary>As <see cref="ServiceIPs"/>, for Services that have no endpoint: to what refuses the packet.</summary>
    public NftSet NoEndpointIPs { get; }

    public NftSet NoEndpointNodePorts { get; }

    /// <summary>Load balancer addresses with source ranges, to the chain that lets only these pass.</summary>
    public NftSet FirewallIPs { get; }

    /// <summary>A packet still addressed to one of these after translation asked for a port the Service does not have.</summary>
    public NftSet ClusterIPs { get; }

    /// <summary>
    /// Number n (from 1) holds the ports with n endpoints: address, protocol, port and a random number below n to an endpoint.
    /// A changed endpoint is a few elements and no rule, so the kernel has nothing to check again: it walks every chain
    /// of the table whenever a rule is added.
    /// </summary>
    public ImmutableArray<NftSet> EndpointMaps { get; }

    /// <summary>Each endpoint's address twice: a pod that reached itself must see another source than its own.</summary>
    public NftSet Hairpins { get; }

    /// <summary>Replaces whatever table of our name there is by one without Services.</summary>
    public NftTransaction Reset()
    {
        var transaction = new NftTransaction(Table).ResetTable();
        foreach (var set in new[] { ServiceIPs, NodePorts, NoEndpointIPs, NoEndpointNodePorts, FirewallIPs, ClusterIPs, Hairpins }.Concat(EndpointMaps))
            transaction.AddSet(set);
        AddCommonChains(transaction);
        AddTranslation(transaction);
        AddFilters(transaction);
        return transaction;
    }

    public NftTransaction Remove() => new NftTransaction(Table).RemoveTable();

    private void AddCommonChains(NftTransaction transaction)
    {
        transaction.AddChain(MarkChain).AddRule(MarkChain, new NftMarkBits(_masqueradeMark));
        transaction.AddChain(RejectChain).AddRule(RejectChain, new NftReject());
        AddClusterServices(transaction);
        transaction.AddChain("services")
            .AddRule("services", new NftMatchSet([NftSelector.DestinationAddress], ClusterIPs.Name), new NftDecide(NftVerdict.Goto("cluster-services")))
            .AddRule("services", new NftVerdictMap(AddressKey, ServiceIPs.Name))
            .AddRule("services", [new NftMatchLocalDestination(), .. NotLoopback(), new NftVerdictMap(PortKey, NodePorts.Name)]);
        transaction.AddChain("service-endpoints-check")
            .AddRule("service-endpoints-check", new NftVerdictMap(AddressKey, NoEndpointIPs.Name));
        transaction.AddChain("nodeport-endpoints-check")
            .AddRule("nodeport-endpoints-check",
                [new NftMatchLocalDestination(), .. NotLoopback(), new NftVerdictMap(PortKey, NoEndpointNodePorts.Name)]);
        transaction.AddChain("firewall-check")
            .AddRule("firewall-check", new NftVerdictMap(AddressKey, FirewallIPs.Name));
        transaction.AddChain("cluster-ips-check")
            .AddRule("cluster-ips-check", new NftMatchSet([NftSelector.DestinationAddress], ClusterIPs.Name), new NftReject());
    }

    /// <summary>To a ClusterIP. From elsewhere than a pod, the answer must come back through here, so the source is replaced.</summary>
    private void AddClusterServices(NftTransaction transaction)
    {
        const string chain = "cluster-services";
        transaction.AddChain(chain);
        if (_podRange is { } range)
            transaction.AddRule(chain, new NftMatchRange(NftSelector.SourceAddress, range) { Negate = true }, new NftDecide(NftVerdict.Jump(MarkChain)));
        transaction.AddRule(chain, new NftVerdictMap(AddressKey, ServiceIPs.Name));
        foreach (var map in EndpointMaps)
            transaction.AddRule(chain, new NftMapRedirect(AddressKey, map.Name) { RandomModulus = map.RandomModulus });
    }

    private void AddTranslation(NftTransaction transaction)
    {
        AddHook(transaction, "nat-prerouting", "nat", NftHook.Prerouting, NftBase.DestinationNat, "services");
        AddHook(transaction, "nat-output", "nat", NftHook.Output, NftBase.DestinationNat, "services");
        transaction.AddChain("nat-postrouting", new NftBase("nat", NftHook.Postrouting, NftBase.SourceNat))
            .AddRule("nat-postrouting",
                new NftMatchSet([NftSelector.SourceAddress, NftSelector.DestinationAddress], Hairpins.Name), new NftMasquerade())
            .AddRule("nat-postrouting", new NftMatchMark(_masqueradeMark) { Negate = true }, new NftDecide(NftVerdict.Return))
            .AddRule("nat-postrouting", new NftFlipMark(_masqueradeMark))
            .AddRule("nat-postrouting", new NftMasquerade());
    }

    private static void AddFilters(NftTransaction transaction)
    {
        AddFilter(transaction, "filter-prerouting", NftHook.Prerouting, BeforeTranslation, "firewall-check");
        AddFilter(transaction, "filter-input", NftHook.Input, BeforeTranslation, "nodeport-endpoints-check", "service-endpoints-check");
        AddFilter(transaction, "filter-forward", NftHook.Forward, BeforeTranslation, "service-endpoints-check", "cluster-ips-check");
        AddFilter(transaction, "filter-output", NftHook.Output, BeforeTranslation,
            "service-endpoints-check", "nodeport-endpoints-check", "firewall-check");
        AddFilter(transaction, "filter-output-translated", NftHook.Output, NftBase.DestinationNat + 10, "cluster-ips-check");
    }

    /// <summary>Only packets that open a connection are looked up; the others follow what was decided then.</summary>
    private static void AddFilter(NftTransaction transaction, string name, NftHook hook, int priority, params string[] checks)
    {
        transaction.AddChain(name, new NftBase("filter", hook, priority));
        foreach (var check in checks)
            transaction.AddRule(name, new NftMatchNew(), new NftDecide(NftVerdict.Jump(check)));
    }

    private static void AddHook(NftTransaction transaction, string name, string type, NftHook hook, int priority, string target) =>
        transaction.AddChain(name, new NftBase(type, hook, priority)).AddRule(name, new NftDecide(NftVerdict.Jump(target)));

    /// <summary>A node port does not lead from loopback: the answer could not find its way back.</summary>
    private NftStatement[] NotLoopback() => Table.Family == NftFamily.IPv4
        ? [new NftMatchRange(NftSelector.DestinationAddress, IPNetwork.Parse("127.0.0.0/8")) { Negate = true }]
        : [new NftMatch(NftSelector.DestinationAddress, NftDatum.Address(IPAddress.IPv6Loopback)) { Negate = true }];

    private NftSet EndpointMap(int count) => new($"endpoints-{count}",
        [Address, NftDataType.InetProtocol, NftDataType.InetService, .. count > 1 ? new[] { NftDataType.Integer } : []])
    {
        ValueTypes = [Address, NftDataType.InetService], RandomModulus = count > 1 ? count : 0,
    };

    private static NftFamily FamilyOf(IPNetwork range) =>
        range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? NftFamily.IPv4 : NftFamily.IPv6;

    private static NftSet Map(string name, params NftDataType[] keys) => new(name, keys) { ValueTypes = [NftDataType.Verdict] };
}
