using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Netlink;

/// <summary>A network interface as the kernel reports it.</summary>
/// <param name="Kind">"veth", "bridge", "vxlan", ... or empty for hardware and loopback.</param>
/// <param name="MasterIndex">The bridge it is a port of, or 0.</param>
public sealed record NetworkLink(
    int Index, string Name, string Kind, bool Up, bool Running, int Mtu, int MasterIndex, PhysicalAddress Address);

/// <summary>What to create. The common fields apply to every kind.</summary>
public abstract record LinkSpec(string Name)
{
    public int? Mtu { get; init; }

    public int? MasterIndex { get; init; }

    public PhysicalAddress? Address { get; init; }

    /// <summary>Up as soon as it exists.</summary>
    public bool Up { get; init; }
}

public sealed record BridgeSpec(string Name) : LinkSpec(Name);

public sealed record DummySpec(string Name) : LinkSpec(Name);

/// <summary>A pair of virtual Ethernet links; the peer is born in its own namespace when one is given (veth(4)).</summary>
public sealed record VethSpec(string Name, string PeerName) : LinkSpec(Name)
{
    public SafeFileHandle? PeerNamespace { get; init; }

    public PhysicalAddress? PeerAddress { get; init; }
}

/// <param name="Port">UDP destination port; 4789 is IANA's.</param>
public sealed record VxlanSpec(string Name, uint Id, IPAddress Local, ushort Port = 4789) : LinkSpec(Name)
{
    /// <summary>Off when addresses are told by neighbour entries.</summary>
    public bool Learning { get; init; }
}

/// <summary>Changes to a link; what is null stays as it is. A master of 0 takes the link out of its bridge.</summary>
public sealed record LinkChange
{
    public bool? Up { get; init; }

    public int? Mtu { get; init; }

    public int? MasterIndex { get; init; }

    public string? Name { get; init; }

    public PhysicalAddress? Address { get; init; }

    /// <summary>Moves the link into this network namespace.</summary>
    public SafeFileHandle? Namespace { get; init; }

    /// <summary>
    /// No IPv6 link-local address when it comes up: each costs duplicate address detection and multicast reports, for an
    /// address nobody uses.
    /// </summary>
    public bool NoLinkLocalAddress { get; init; }

    /// <summary>Bridge port: may a frame leave through the port it came from.</summary>
    public bool? Hairpin { get; init; }
}

public sealed record LinkAddress(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>Type of a route, the kernel's RTN_*.</summary>
public enum RouteType : byte
{
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Multicast = 5,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
}

/// <summary>Scope of a route, the kernel's RT_SCOPE_*.</summary>
public enum RouteScope : byte
{
    Universe = 0,
    Link = 253,
    Host = 254,
}

/// <param name="Destination">0.0.0.0/0 is the default route.</param>
public sealed record IpRoute(IPNetwork Destination)
{
    public IPAddress? Gateway { get; init; }

    /// <summary>Outgoing link, or 0.</summary>
    public int LinkIndex { get; init; }

    public IPAddress? PreferredSource { get; init; }

    public RouteType Type { get; init; } = RouteType.Unicast;

    public RouteScope Scope { get; init; } = RouteScope.Universe;

    /// <summary>Lower wins among routes to the same destination.</summary>
    public uint Metric { get; init; }

    /// <summary>Who made the route (RTPROT_*): 2 the kernel, 3 boot, 4 an administrator; daemons take numbers of their own.</summary>
    public byte Protocol { get; init; } = 4;

    /// <summary>The routing table; 254 is main, 255 local.</summary>
    public uint Table { get; init; } = 254;

    /// <summary>The gateway is on the link although no route says so.</summary>
    public bool OnLink { get; init; }
}

/// <summary>A permanent neighbour (ARP) entry, or with <see cref="Self"/> a forwarding entry of a VXLAN link.</summary>
public sealed record Neighbour(int LinkIndex, IPAddress Address, PhysicalAddress LinkAddress, bool Self = false);
