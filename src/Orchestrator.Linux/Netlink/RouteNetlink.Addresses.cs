using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

public sealed partial class RouteNetlink
{
    private const ushort AddressRemote = 1;
    private const ushort AddressLocal = 2;
    private const ushort AddressBroadcast = 4;

    /// <summary>Gives the link an address; does nothing if it has it.</summary>
    public void ReplaceAddress(LinkAddress address)
    {
        const byte noDuplicateDetection = 0x02;
        var isIPv6 = address.Address.AddressFamily == AddressFamily.InterNetworkV6;
        var writer = Begin(RouteMessageType.NewAddress, NetlinkFlags.Create | NetlinkFlags.Replace | NetlinkFlags.Ack,
            AddressHeader(address) with { Flags = isIPv6 ? noDuplicateDetection : (byte)0 });
        PutAddresses(writer, address);
        if (!isIPv6 && address.PrefixLength < 31)
            writer.PutAddress(AddressBroadcast, BroadcastOf(address));
        Execute(writer, $"add address {address.Address}/{address.PrefixLength} to link {address.LinkIndex}");
    }

    /// <returns>False if the link did not have it.</returns>
    public bool DeleteAddress(LinkAddress address)
    {
        var writer = Begin(RouteMessageType.DeleteAddress, NetlinkFlags.Ack, AddressHeader(address));
        PutAddresses(writer, address);
        try
        {
            Execute(writer, $"delete address {address.Address}/{address.PrefixLength} of link {address.LinkIndex}");
            return true;
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.EADDRNOTAVAIL)
        {
            return false;
        }
    }

    public IReadOnlyList<LinkAddress> ListAddresses(AddressFamily family = AddressFamily.InterNetwork)
    {
        var writer = Begin(RouteMessageType.GetAddress, NetlinkFlags.Dump, new InterfaceAddress { Family = FamilyOf(family) });
        writer.EndMessage();
        var addresses = new List<LinkAddress>();
        _socket.Dump(writer, "list addresses", (in NetlinkMessage message) =>
        {
            if (ReadAddress(message) is { } address)
                addresses.Add(address);
        });
        return addresses;
    }

    private static InterfaceAddress AddressHeader(LinkAddress address) => new()
    {
        Family = FamilyOf(address.Address),
        PrefixLength = (byte)address.PrefixLength,
        Index = address.LinkIndex,
    };

    private static void PutAddresses(NetlinkWriter writer, LinkAddress address)
    {
        writer.PutAddress(AddressLocal, address.Address);
        writer.PutAddress(AddressRemote, address.Address);
    }

    private static IPAddress BroadcastOf(LinkAddress address)
    {
        var bytes = address.Address.GetAddressBytes();
        for (var bit = address.PrefixLength; bit < 32; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    private static LinkAddress? ReadAddress(in NetlinkMessage message)
    {
        var header = message.ReadStruct<InterfaceAddress>();
        IPAddress? local = null, remote = null;
        foreach (var attribute in message.AttributesAfter<InterfaceAddress>())
        {
            if (attribute.Type == AddressLocal)
                local = attribute.Address;
            else if (attribute.Type == AddressRemote)
                remote = attribute.Address;
        }
        return (local ?? remote) is { } address ? new LinkAddress(header.Index, address, header.PrefixLength) : null;
    }
}
