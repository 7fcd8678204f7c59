using System.Net;
using System.Net.NetworkInformation;
using Orchestrator.Linux;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Network.Pods;
using Orchestrator.Network.Routes;

namespace Orchestrator.Network.Lab;

/// <summary>
/// The links of a lab on this machine: a bridge on the host, a network namespace per node with its eth0 on that bridge, routes
/// between them, and rules that keep the lab's packets inside. Every member may be called again after any failure or a restart
/// of the machine and finishes what is missing. Not safe for concurrent use on one lab.
/// </summary>
/// <remarks>Members throw <see cref="LinuxException"/> when the kernel refuses.</remarks>
public sealed class LabNetwork(LabNetworkOptions options)
{
    public const string NodeInterface = "eth0";

    private readonly NftTable _rules = new(NftFamily.IPv4, $"orc-{options.Lab}");
    private readonly NftTable _faults = new(NftFamily.Bridge, $"orc-{options.Lab}");
    private readonly HostSettings _hostSettings = new(options.HostStateDirectory);

    /// <summary>Where the host, and so the API server, is reached from nodes and pods.</summary>
    public IPAddress HostAddress { get; } = LabSubnets.Offset(options.Ranges.Nodes.BaseAddress, 1);

    public string BridgeName { get; } = LabNames.Bridge(options.Lab);

    private LabRanges Ranges => options.Ranges;

    private string StatePath => Path.Combine(options.StateDirectory, "network.json");

    /// <summary>The namespace a node's processes are to be started in.</summary>
    public string NamespacePathOf(string node) => NetworkNamespace.PathOf(LabNames.NodeNamespace(options.Lab, node));

    /// <summary>
    /// Brings up the host's side and these nodes, at once reachable from each other. Nodes known from an earlier run but
    /// not named here are removed.
    /// </summary>
    public void Up(IReadOnlyCollection<LabNode> nodes)
    {
        foreach (var stale in Load().Nodes.Where(node => nodes.All(wanted => wanted.Name != node.Name)).ToList())
            RemoveNode(stale.Name);
        Save([.. nodes]);
        _hostSettings.Acquire(options.Lab);
        using var host = RouteNetlink.Open();
        using var nftables = KernelNftables.Open();
        var bridge = EnsureBridge(host);
        nftables.Apply(LabRules.Host(_rules, Ranges, BridgeName));
        nftables.Apply(LabRules.Faults(_faults));
        foreach (var node in nodes)
            EnsureNode(host, bridge, node);
        SyncRoutes(host);
    }

    /// <summary>Adds a node to a lab that is up, or changes its pod range.</summary>
    public void AddNode(LabNode node)
    {
        Save([.. LoadNodes().Where(other => other.Name != node.Name), node]);
        using var host = RouteNetlink.Open();
        EnsureNode(host, host.GetLink(BridgeName), node);
        SyncRoutes(host);
    }

    /// <summary>Tells host and nodes the way to a node's pods.</summary>
    public void SetPodRange(string node, IPNetwork podRange)
    {
        Save([.. LoadNodes().Select(other => other.Name == node ? other with { PodRange = podRange } : other)]);
        using var host = RouteNetlink.Open();
        SyncRoutes(host);
    }

    /// <summary>Removes a node's links, namespace and routes. Its processes should have ended before.</summary>
    public void RemoveNode(string node)
    {
        using var host = RouteNetlink.Open();
        HealNode(host, node);
        DeleteNode(host, node);
        Save([.. LoadNodes().Where(other => other.Name != node)]);
        SyncRoutes(host);
    }

    /// <summary>Removes every trace of the lab's network, and the host's settings go back to what they were.</summary>
    public void Down()
    {
        using var host = RouteNetlink.Open();
        using var nftables = KernelNftables.Open();
        foreach (var node in Load().Nodes)
            DeleteNode(host, node.Name);
        // The routes through the bridge go with it.
        host.DeleteLink(BridgeName);
        NodeRoutes.Unrefuse(host, Ranges.Pods);
        NodeRoutes.Unrefuse(host, Ranges.Services);
        nftables.Apply(new NftTransaction(_rules).RemoveTable());
        nftables.Apply(new NftTransaction(_faults).RemoveTable());
        _hostSettings.Release(options.Lab);
        File.Delete(StatePath);
    }

    /// <summary>No frame passes between the two nodes until <see cref="Heal"/>; both keep the host and the others.</summary>
    public void Cut(string node, string otherNode)
    {
        using var nftables = KernelNftables.Open();
        nftables.Apply(LabRules.Cut(_faults, LinkOf(node), LinkOf(otherNode)));
    }

    public void Heal(string node, string otherNode)
    {
        using var nftables = KernelNftables.Open();
        nftables.Apply(LabRules.Heal(_faults, LinkOf(node), LinkOf(otherNode)));
    }

    /// <summary>No frame passes to or from the node, not even to the host, until <see cref="HealNode(string)"/>.</summary>
    public void CutNode(string node)
    {
        using var nftables = KernelNftables.Open();
        nftables.Apply(LabRules.Isolate(_faults, LinkOf(node)));
    }

    /// <summary>Undoes <see cref="CutNode"/>, and every <see cref="Cut"/> that concerns the node.</summary>
    public void HealNode(string node)
    {
        using var host = RouteNetlink.Open();
        HealNode(host, node);
    }

    private void HealNode(RouteNetlink host, string node)
    {
        if (host.FindLink(BridgeName) is null)
            return;
        using var nftables = KernelNftables.Open();
        nftables.Apply(LabRules.Faults(_faults));
        nftables.Apply(LabRules.Rejoin(_faults, LinkOf(node)));
        foreach (var other in Load().Nodes.Where(other => other.Name != node))
            nftables.Apply(LabRules.Heal(_faults, LinkOf(node), LinkOf(other.Name)));
    }

    /// <summary>The bridge's hardware address is fixed: otherwise it follows the lowest of its ports and neighbours lose it.</summary>
    private NetworkLink EnsureBridge(RouteNetlink host)
    {
        if (host.FindLink(BridgeName) is not { Kind: "bridge" })
            host.CreateLink(new BridgeSpec(BridgeName) { Address = HardwareAddress.Of(HostAddress) });
        var bridge = host.GetLink(BridgeName);
        foreach (var address in options.FurtherHostAddresses.Prepend(HostAddress))
            host.ReplaceAddress(new LinkAddress(bridge.Index, address, Ranges.Nodes.PrefixLength));
        host.ChangeLink(bridge.Index, new LinkChange { Up = true, NoLinkLocalAddress = true });
        RouteServices(host, bridge.Index);
        return bridge;
    }

    private void EnsureNode(RouteNetlink host, NetworkLink bridge, LabNode node)
    {
        var namespaceName = LabNames.NodeNamespace(options.Lab, node.Name);
        NetworkNamespace.Create(namespaceName);
        using var handle = NetworkNamespace.Open(NetworkNamespace.PathOf(namespaceName));
        using var inside = RouteNetlink.Open(handle);
        var hostEnd = LinkOf(node.Name);
        if (host.FindLink(hostEnd) is null)
        {
            host.CreateLink(new VethSpec(hostEnd, NodeInterface)
            {
                PeerNamespace = handle, PeerAddress = HardwareAddress.Of(node.Address), MasterIndex = bridge.Index,
            });
        }
        host.ChangeLink(host.GetLink(hostEnd).Index, new LinkChange { Up = true, MasterIndex = bridge.Index, NoLinkLocalAddress = true });
        ConfigureNode(inside, node);
        NetworkNamespace.Run(handle, () =>
        {
            ApplyNodeSettings();
            using var nftables = KernelNftables.Open();
            nftables.Apply(LabRules.Node(_rules, Ranges));
            return true;
        });
    }

    private void ConfigureNode(RouteNetlink inside, LabNode node)
    {
        inside.ChangeLink(inside.GetLink("lo").Index, new LinkChange { Up = true });
        var link = inside.GetLink(NodeInterface);
        foreach (var other in inside.ListAddresses().Where(other => other.LinkIndex == link.Index && !other.Address.Equals(node.Address)))
            inside.DeleteAddress(other);
        inside.ReplaceAddress(new LinkAddress(link.Index, node.Address, Ranges.Nodes.PrefixLength));
        inside.ChangeLink(link.Index, new LinkChange { Up = true, NoLinkLocalAddress = true });
        inside.ReplaceRoute(new IpRoute(new IPNetwork(IPAddress.Any, 0)) { Gateway = HostAddress, LinkIndex = link.Index });
        RouteServices(inside, link.Index);
    }

    /// <summary>
    /// A process's packet to a Service needs a route before its destination is translated, so the Service range is routed to the
    /// lab's link. Nothing goes out there: what is not translated meets <see cref="LabRules"/>.
    /// </summary>
    private void RouteServices(RouteNetlink netlink, int linkIndex)
    {
        netlink.ReplaceRoute(new IpRoute(Ranges.Services) { LinkIndex = linkIndex, Scope = RouteScope.Link, Protocol = NodeRoutes.Protocol });
        NodeRoutes.Refuse(netlink, Ranges.Services);
        NodeRoutes.Refuse(netlink, Ranges.Pods);
    }

    /// <summary>
    /// A node routes for its pods. Packets between its pods pass its IP layer in both directions, so bridge filtering has nothing
    /// to add, and redirects would only tell pods to go around it.
    /// </summary>
    private static void ApplyNodeSettings()
    {
        Sysctl.Write("net/ipv4/ip_forward", "1");
        foreach (var scope in new[] { "all", "default" })
        {
            Sysctl.Write($"net/ipv4/conf/{scope}/rp_filter", "0");
            Sysctl.Write($"net/ipv4/conf/{scope}/send_redirects", "0");
        }
        Sysctl.WriteIfExists("net/bridge/bridge-nf-call-iptables", "0");
        Sysctl.WriteIfExists("net/ipv6/conf/default/accept_ra", "0");
        Sysctl.WriteIfExists("net/ipv6/conf/default/addr_gen_mode", "1");
    }

    private void SyncRoutes(RouteNetlink host)
    {
        var nodes = LoadNodes();
        NodeRoutes.Sync(host, host.GetLink(BridgeName).Index, RoutesFrom(nodes, null));
        foreach (var node in nodes)
        {
            if (!NetworkNamespace.Exists(LabNames.NodeNamespace(options.Lab, node.Name)))
                continue;
            using var inside = RouteNetlink.Open(NamespacePathOf(node.Name));
            NodeRoutes.Sync(inside, inside.GetLink(NodeInterface).Index, RoutesFrom(nodes, node.Name));
        }
    }

    private static List<NodeRoute> RoutesFrom(IEnumerable<LabNode> nodes, string? self) =>
        [.. nodes.Where(node => node.Name != self && node.PodRange is not null).Select(node => new NodeRoute(node.PodRange!.Value, node.Address))];

    private void DeleteNode(RouteNetlink host, string node)
    {
        host.DeleteLink(LinkOf(node));
        NetworkNamespace.Delete(LabNames.NodeNamespace(options.Lab, node));
    }

    private string LinkOf(string node) => LabNames.NodeLink(options.Lab, node);

    private LabNetworkState Load() => StateFile.Read(StatePath, LabNetworkJson.Default.LabNetworkState) ?? LabNetworkState.Empty;

    private IReadOnlyList<LabNode> LoadNodes() => [.. Load().Nodes.Select(node => new LabNode(
        node.Name, IPAddress.Parse(node.Address), node.PodRange is null ? null : IPNetwork.Parse(node.PodRange)))];

    private void Save(IReadOnlyCollection<LabNode> nodes)
    {
        Directory.CreateDirectory(options.StateDirectory);
        var state = new LabNetworkState([.. nodes.Select(node => new LabNodeState(node.Name, node.Address.ToString(), node.PodRange?.ToString()))]);
        StateFile.Write(StatePath, state, LabNetworkJson.Default.LabNetworkState);
    }
}
