using System.Net;
using System.Runtime.InteropServices;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Linux.Netlink;

/// <summary>A tracked flow: as its first packet was, and as answers come.</summary>
/// <param name="ReplySource">Who answers: the translated destination.</param>
public sealed record TrackedFlow(
    byte Protocol, IPAddress Source, int SourcePort, IPAddress Destination, int DestinationPort, IPAddress ReplySource, int ReplySourcePort);

/// <summary>Reads and removes tracked connections.</summary>
public interface IConntrack
{
    /// <summary>Removes the IPv4 flows that match. What is gone by itself meanwhile does not count.</summary>
    /// <returns>How many were removed.</returns>
    int Remove(Func<TrackedFlow, bool> match);
}

/// <summary>Connection tracking of one network namespace over ctnetlink (linux/netfilter/nfnetlink_conntrack.h).</summary>
public sealed class Conntrack : IConntrack, IDisposable
{
    private const ushort Get = 1 << 8 | 1;
    private const ushort Delete = 1 << 8 | 2;
    private const ushort OriginalTuple = 1, ReplyTuple = 2, FlowId = 12;

    private readonly NetlinkSocket _socket;

    private Conntrack(NetlinkSocket socket) => _socket = socket;

    /// <summary>For the calling thread's network namespace.</summary>
    public static Conntrack Open() => new(NetlinkSocket.Open(NetlinkProtocol.Netfilter));

    public static Conntrack Open(string namespacePath)
    {
        using var handle = NetworkNamespace.Open(namespacePath);
        return new Conntrack(NetworkNamespace.OpenNetlink(handle, NetlinkProtocol.Netfilter));
    }

    public int Remove(Func<TrackedFlow, bool> match)
    {
        var found = new List<(byte[] Tuple, byte[] Id)>();
        var writer = Begin(Get, NetlinkFlags.Dump);
        writer.EndMessage();
        _socket.Dump(writer, "list tracked connections", (in NetlinkMessage message) =>
        {
            if (Read(message, out var tuple, out var id) is { } flow && match(flow))
                found.Add((tuple, id));
        });
        return found.Count(flow => RemoveOne(flow.Tuple, flow.Id));
    }

    public void Dispose() => _socket.Dispose();

    private bool RemoveOne(byte[] tuple, byte[] id)
    {
        const ushort nested = 0x8000;
        var writer = Begin(Delete, NetlinkFlags.Ack);
        writer.PutBytes(OriginalTuple | nested, tuple);
        writer.PutBytes(FlowId, id);
        writer.EndMessage();
        try
        {
            _socket.Execute(writer, _ => "remove a tracked connection");
            return true;
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENOENT)
        {
            return false;
        }
    }

    private static NetlinkWriter Begin(ushort type, NetlinkFlags flags)
    {
        var writer = new NetlinkWriter(256);
        writer.BeginMessage(type, NetlinkFlags.Request | flags);
        writer.PutStruct(new NetfilterHeader { Family = (byte)NftFamily.IPv4 });
        return writer;
    }

    private static TrackedFlow? Read(in NetlinkMessage message, out byte[] tuple, out byte[] id)
    {
        tuple = [];
        id = [];
        Tuple original = default, reply = default;
        foreach (var attribute in message.AttributesAfter<NetfilterHeader>())
        {
            switch (attribute.Type)
            {
                case OriginalTuple:
                    tuple = attribute.Value.ToArray();
                    original = ReadTuple(attribute.Nested);
                    break;
                case ReplyTuple: reply = ReadTuple(attribute.Nested); break;
                case FlowId: id = attribute.Value.ToArray(); break;
            }
        }
        return original is { Source: { } source, Destination: { } destination } && reply.Source is { } replySource
            ? new TrackedFlow(original.Protocol, source, original.SourcePort, destination, original.DestinationPort, replySource, reply.SourcePort)
            : null;
    }

    private static Tuple ReadTuple(NetlinkAttributes attributes)
    {
        var tuple = default(Tuple);
        foreach (var part in attributes)
        {
            foreach (var attribute in part.Nested)
            {
                switch (part.Type, attribute.Type)
                {
                    case (1, 1): tuple.Source = attribute.Address; break;
                    case (1, 2): tuple.Destination = attribute.Address; break;
                    case (2, 1): tuple.Protocol = attribute.Byte; break;
                    case (2, 2): tuple.SourcePort = Port(attribute.Value); break;
                    case (2, 3): tuple.DestinationPort = Port(attribute.Value); break;
                }
            }
        }
        return tuple;
    }

    private static int Port(ReadOnlySpan<byte> value) => value.Length >= 2 ? value[0] << 8 | value[1] : 0;

    [StructLayout(LayoutKind.Auto)]
    private record struct Tuple(IPAddress? Source, IPAddress? Destination, byte Protocol, int SourcePort, int DestinationPort);
}
