using System.Net;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Network.Pods;

/// <summary>
/// Host ports of pods: maps from protocol and port (and address, where the pod names one) to the pod, in a table of their own.
/// Node addresses, and 127.0.0.1 for the node's own processes, lead to the pod.
/// </summary>
internal sealed class HostPortRules(INftables nftables, string bridge)
{
    private static readonly NftTable Table = new(NftFamily.IPv4, "orc-hostports");

    private static readonly NftSet AnyAddress = new("any-address", NftDataType.InetProtocol, NftDataType.InetService)
    {
        ValueTypes = [NftDataType.IPv4Address, NftDataType.InetService],
    };

    private static readonly NftSet OneAddress = new("one-address", NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService)
    {
        ValueTypes = [NftDataType.IPv4Address, NftDataType.InetService],
    };

    /// <summary>Builds the table anew for the given leases.</summary>
    public void Reset(IEnumerable<PodLease> leases)
    {
        var loopback = IPNetwork.Parse("127.0.0.0/8");
        var transaction = new NftTransaction(Table).ResetTable().AddSet(AnyAddress).AddSet(OneAddress)
            .AddChain("lead")
            .AddRule("lead", new NftMapRedirect([NftSelector.DestinationAddress, NftSelector.Protocol, NftSelector.DestinationPort], OneAddress.Name))
            .AddRule("lead", new NftMapRedirect([NftSelector.Protocol, NftSelector.DestinationPort], AnyAddress.Name))
            .AddChain("from-outside", new NftBase("nat", NftHook.Prerouting, NftBase.DestinationNat))
            .AddRule("from-outside", new NftMatchLocalDestination(), new NftDecide(NftVerdict.Jump("lead")))
            .AddChain("from-node", new NftBase("nat", NftHook.Output, NftBase.DestinationNat))
            .AddRule("from-node", new NftMatchLocalDestination(), new NftDecide(NftVerdict.Jump("lead")))
            // The pod cannot answer 127.0.0.1; it answers the bridge.
            .AddChain("source", new NftBase("nat", NftHook.Postrouting, NftBase.SourceNat))
            .AddRule("source", new NftMatchRange(NftSelector.SourceAddress, loopback),
                new NftMatch(NftSelector.OutputInterface, NftDatum.Interface(bridge)), new NftMasquerade())
            // route_localnet lets the rule above work, and would let pods reach what listens on the node's loopback only.
            .AddChain("guard", new NftBase("filter", NftHook.Prerouting, NftBase.Raw))
            .AddRule("guard", new NftMatch(NftSelector.InputInterface, NftDatum.Interface(bridge)),
                new NftMatchRange(NftSelector.DestinationAddress, loopback), new NftDecide(NftVerdict.Drop));
        foreach (var lease in leases)
            Add(transaction, lease);
        nftables.Apply(transaction);
    }

    public void Add(PodLease lease)
    {
        var transaction = new NftTransaction(Table);
        Add(transaction, lease);
        nftables.Apply(transaction);
    }

    /// <summary>Takes the lease's ports back; each must be there.</summary>
    public void Remove(PodLease lease)
    {
        var transaction = new NftTransaction(Table);
        foreach (var port in lease.Ports)
            transaction.DeleteElement(SetOf(port), Element(lease, port));
        nftables.Apply(transaction);
    }

    private static void Add(NftTransaction transaction, PodLease lease)
    {
        foreach (var port in lease.Ports)
            transaction.AddElement(SetOf(port), Element(lease, port));
    }

    private static NftSet SetOf(PodLeasePort port) => port.HostAddress is null or "0.0.0.0" ? AnyAddress : OneAddress;

    private static NftElement Element(PodLease lease, PodLeasePort port)
    {
        var protocol = NftDatum.Protocol(port.Protocol.ToUpperInvariant() switch
        {
            "UDP" => NftDatum.Udp,
            "SCTP" => NftDatum.Sctp,
            _ => NftDatum.Tcp,
        });
        var value = new NftKey(NftDatum.Address(IPAddress.Parse(lease.Address)), NftDatum.Port(port.ContainerPort));
        var hostPort = NftDatum.Port(port.HostPort);
        return SetOf(port) == AnyAddress
            ? new NftElement(new NftKey(protocol, hostPort), value)
            : new NftElement(new NftKey(NftDatum.Address(IPAddress.Parse(port.HostAddress!)), protocol, hostPort), value);
    }
}
