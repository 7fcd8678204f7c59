using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Netlink;

public sealed partial class RouteNetlink
{
    private const uint InterfaceUp = 0x1;
    private const uint InterfaceRunning = 0x40;
    private const byte BridgeFamily = 7;

    private const ushort LinkAddressAttribute = 1;
    private const ushort LinkName = 3;
    private const ushort LinkMtu = 4;
    private const ushort LinkMaster = 10;
    private const ushort LinkProtocolInfo = 12;
    private const ushort LinkInfo = 18;
    private const ushort LinkFamilies = 26;
    private const ushort LinkNamespaceHandle = 28;
    private const ushort LinkInfoKind = 1;
    private const ushort LinkInfoData = 2;

    /// <summary>Creates a link. A veth's peer appears in the same step, in its own namespace if one is given.</summary>
    /// <exception cref="LinuxException">EEXIST: the name is taken, here or at the peer.</exception>
    public void CreateLink(LinkSpec spec)
    {
        var writer = Begin(RouteMessageType.NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Ack,
            new InterfaceInfo { Flags = spec.Up ? InterfaceUp : 0, Change = spec.Up ? InterfaceUp : 0 });
        PutCommon(writer, spec.Name, spec.Mtu, spec.MasterIndex, spec.Address);
        var info = writer.BeginNested(LinkInfo);
        switch (spec)
        {
            case BridgeSpec:
                writer.PutString(LinkInfoKind, "bridge");
                PutBridge(writer);
                break;
            case DummySpec:
                writer.PutString(LinkInfoKind, "dummy");
                break;
            case VethSpec veth:
                writer.PutString(LinkInfoKind, "veth");
                PutPeer(writer, veth);
                break;
            case VxlanSpec vxlan:
                writer.PutString(LinkInfoKind, "vxlan");
                PutVxlan(writer, vxlan);
                break;
        }
        writer.EndNested(info);
        Execute(writer, $"create link {spec.Name}");
    }

    /// <summary>The link of that name, or null.</summary>
    public NetworkLink? FindLink(string name)
    {
        var writer = Begin(RouteMessageType.GetLink, NetlinkFlags.None, new InterfaceInfo());
        writer.PutString(LinkName, name);
        writer.EndMessage();
        NetworkLink? found = null;
        try
        {
            _socket.Dump(writer, $"get link {name}", (in NetlinkMessage message) => found = ReadLink(message));
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENODEV)
        {
            return null;
        }
        return found;
    }

    /// <summary>The link of that name.</summary>
    /// <exception cref="LinuxException">ENODEV: there is none.</exception>
    public NetworkLink GetLink(string name) =>
        FindLink(name) ?? throw new LinuxException(Errno.ENODEV, "netlink", $"get link {name}");

    public IReadOnlyList<NetworkLink> ListLinks()
    {
        var writer = Begin(RouteMessageType.GetLink, NetlinkFlags.Dump, new InterfaceInfo());
        writer.EndMessage();
        var links = new List<NetworkLink>();
        _socket.Dump(writer, "list links", (in NetlinkMessage message) => links.Add(ReadLink(message)));
        return links;
    }

    public void ChangeLink(int index, LinkChange change)
    {
        var writer = new NetlinkWriter(256);
        if (change.NoLinkLocalAddress && IPv6Enabled)
            PutNoLinkLocalAddress(writer, index);
        var flags = change.Up is null ? default : (Change: InterfaceUp, Flags: change.Up.Value ? InterfaceUp : 0);
        writer.BeginMessage(RouteMessageType.NewLink, NetlinkFlags.Request | NetlinkFlags.Ack);
        writer.PutStruct(new InterfaceInfo { Index = index, Flags = flags.Flags, Change = flags.Change });
        PutCommon(writer, change.Name, change.Mtu, change.MasterIndex, change.Address);
        if (change.Namespace is { } handle)
            PutHandle(writer, LinkNamespaceHandle, handle);
        Execute(writer, $"change link {index}");
        if (change.Hairpin is { } hairpin)
            SetHairpin(index, hairpin);
    }

    /// <summary>Removes a link; a veth's peer goes with it.</summary>
    /// <returns>False if there was none of that name.</returns>
    public bool DeleteLink(string name)
    {
        var writer = Begin(RouteMessageType.DeleteLink, NetlinkFlags.Ack, new InterfaceInfo());
        writer.PutString(LinkName, name);
        try
        {
            Execute(writer, $"delete link {name}");
            return true;
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENODEV)
        {
            return false;
        }
    }

    private void SetHairpin(int index, bool hairpin)
    {
        const ushort portMode = 4;
        var writer = Begin(RouteMessageType.SetLink, NetlinkFlags.Ack, new InterfaceInfo { Family = BridgeFamily, Index = index });
        var port = writer.BeginNested(LinkProtocolInfo);
        writer.PutByte(portMode, hairpin ? (byte)1 : (byte)0);
        writer.EndNested(port);
        Execute(writer, $"set hairpin of link {index}");
    }

    private static void PutCommon(NetlinkWriter writer, string? name, int? mtu, int? master, PhysicalAddress? address)
    {
        if (name is not null)
            writer.PutString(LinkName, name);
        if (mtu is { } bytes)
            writer.PutUInt32(LinkMtu, (uint)bytes);
        if (master is { } masterIndex)
            writer.PutUInt32(LinkMaster, (uint)masterIndex);
        if (address is not null)
            writer.PutBytes(LinkAddressAttribute, address.GetAddressBytes());
    }

    /// <summary>IN6_ADDR_GEN_MODE_NONE, which takes effect only if it is set before the link comes up.</summary>
    private static void PutNoLinkLocalAddress(NetlinkWriter writer, int index)
    {
        const ushort inet6 = 10;
        const ushort addressGenerationMode = 8;
        const byte none = 1;
        writer.BeginMessage(RouteMessageType.SetLink, NetlinkFlags.Request | NetlinkFlags.Ack);
        writer.PutStruct(new InterfaceInfo { Index = index });
        var families = writer.BeginNested(LinkFamilies);
        var family = writer.BeginNested(inet6);
        writer.PutByte(addressGenerationMode, none);
        writer.EndNested(family);
        writer.EndNested(families);
        writer.EndMessage();
    }

    /// <summary>A kernel without IPv6 refuses attributes for it.</summary>
    private static bool IPv6Enabled { get; } = Directory.Exists("/proc/sys/net/ipv6");

    /// <summary>Multicast snooping only costs timers here: no multicast router is on such a bridge.</summary>
    private static void PutBridge(NetlinkWriter writer)
    {
        const ushort multicastSnooping = 23;
        var data = writer.BeginNested(LinkInfoData);
        writer.PutByte(multicastSnooping, 0);
        writer.EndNested(data);
    }

    private static void PutPeer(NetlinkWriter writer, VethSpec veth)
    {
        const ushort peerInfo = 1;
        var data = writer.BeginNested(LinkInfoData);
        var peer = writer.BeginNested(peerInfo);
        writer.PutStruct(new InterfaceInfo());
        PutCommon(writer, veth.PeerName, veth.Mtu, null, veth.PeerAddress);
        if (veth.PeerNamespace is { } handle)
            PutHandle(writer, LinkNamespaceHandle, handle);
        writer.EndNested(peer);
        writer.EndNested(data);
    }

    private static void PutVxlan(NetlinkWriter writer, VxlanSpec vxlan)
    {
        const ushort id = 1, local = 4, learning = 7, port = 15, local6 = 17;
        var data = writer.BeginNested(LinkInfoData);
        writer.PutUInt32(id, vxlan.Id);
        writer.PutAddress(FamilyOf(vxlan.Local) == 2 ? local : local6, vxlan.Local);
        writer.PutByte(learning, vxlan.Learning ? (byte)1 : (byte)0);
        writer.PutUInt16BigEndian(port, vxlan.Port);
        writer.EndNested(data);
    }

    private static void PutHandle(NetlinkWriter writer, ushort type, SafeFileHandle handle)
    {
        // The exchange is over before the caller can dispose the handle.
        writer.PutInt32(type, (int)handle.DangerousGetHandle());
    }

    private static NetworkLink ReadLink(in NetlinkMessage message)
    {
        var header = message.ReadStruct<InterfaceInfo>();
        string name = "", kind = "";
        int mtu = 0, master = 0;
        var address = PhysicalAddress.None;
        foreach (var attribute in message.AttributesAfter<InterfaceInfo>())
        {
            switch (attribute.Type)
            {
                case LinkName: name = attribute.Text; break;
                case LinkMtu: mtu = attribute.Int32; break;
                case LinkMaster: master = attribute.Int32; break;
                case LinkAddressAttribute: address = new PhysicalAddress(attribute.Value.ToArray()); break;
                case LinkInfo: kind = ReadKind(attribute.Nested); break;
            }
        }
        return new NetworkLink(header.Index, name, kind, (header.Flags & InterfaceUp) != 0,
            (header.Flags & InterfaceRunning) != 0, mtu, master, address);
    }

    private static string ReadKind(NetlinkAttributes info)
    {
        foreach (var attribute in info)
        {
            if (attribute.Type == LinkInfoKind)
                return attribute.Text;
        }
        return "";
    }
}
