using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

public sealed partial class RouteNetlink
{
    private const ushort NeighbourAddress = 1;
    private const ushort NeighbourLinkAddress = 2;
    private const ushort PermanentState = 0x80;
    private const byte SelfFlag = 0x02;

    /// <summary>Sets a permanent entry.</summary>
    public void ReplaceNeighbour(Neighbour neighbour)
    {
        var writer = Begin(RouteMessageType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace | NetlinkFlags.Ack,
            NeighbourHeader(neighbour));
        PutNeighbour(writer, neighbour);
        Execute(writer, $"set neighbour {neighbour.Address} of link {neighbour.LinkIndex}");
    }

    /// <returns>False if there was no such entry.</returns>
    public bool DeleteNeighbour(Neighbour neighbour)
    {
        var writer = Begin(RouteMessageType.DeleteNeighbour, NetlinkFlags.Ack, NeighbourHeader(neighbour));
        PutNeighbour(writer, neighbour);
        try
        {
            Execute(writer, $"delete neighbour {neighbour.Address} of link {neighbour.LinkIndex}");
            return true;
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>Entries with both addresses known.</summary>
    public IReadOnlyList<Neighbour> ListNeighbours(AddressFamily family = AddressFamily.InterNetwork)
    {
        var writer = Begin(RouteMessageType.GetNeighbour, NetlinkFlags.Dump, new NeighbourMessage { Family = FamilyOf(family) });
        writer.EndMessage();
        var neighbours = new List<Neighbour>();
        _socket.Dump(writer, "list neighbours", (in NetlinkMessage message) =>
        {
            if (ReadNeighbour(message) is { } neighbour)
                neighbours.Add(neighbour);
        });
        return neighbours;
    }

    /// <summary>Forwarding entries carry family 7 (bridge), address entries their own.</summary>
    private static NeighbourMessage NeighbourHeader(Neighbour neighbour) => new()
    {
        Family = neighbour.Self ? BridgeFamily : FamilyOf(neighbour.Address),
        Index = neighbour.LinkIndex,
        State = PermanentState,
        Flags = neighbour.Self ? SelfFlag : (byte)0,
    };

    private static void PutNeighbour(NetlinkWriter writer, Neighbour neighbour)
    {
        writer.PutAddress(NeighbourAddress, neighbour.Address);
        writer.PutBytes(NeighbourLinkAddress, neighbour.LinkAddress.GetAddressBytes());
    }

    private static Neighbour? ReadNeighbour(in NetlinkMessage message)
    {
        var header = message.ReadStruct<NeighbourMessage>();
        IPAddress? address = null;
        PhysicalAddress? linkAddress = null;
        foreach (var attribute in message.AttributesAfter<NeighbourMessage>())
        {
            if (attribute.Type == NeighbourAddress)
                address = attribute.Address;
            else if (attribute.Type == NeighbourLinkAddress)
                linkAddress = new PhysicalAddress(attribute.Value.ToArray());
        }
        return address is not null && linkAddress is not null
            ? new Neighbour(header.Index, address, linkAddress, (header.Flags & SelfFlag) != 0)
            : null;
    }
}
