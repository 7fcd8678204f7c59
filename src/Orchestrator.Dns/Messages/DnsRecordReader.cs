using System.Buffers.Binary;

namespace Orchestrator.Dns.Messages;

/// <summary>Where a record of a message lies.</summary>
/// <param name="TtlOffset">Of the time to live, for answers that age in a cache.</param>
public readonly record struct DnsRecordSpan(string Name, DnsType Type, ushort Class, uint Ttl, int TtlOffset, int DataOffset, int DataLength);

/// <summary>Walks the records of a message. Hostile input: everything is bounds-checked, nothing is trusted.</summary>
public static class DnsRecordReader
{
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out DnsRecordSpan record)
    {
        const int fixedLength = 10;
        record = default;
        if (!DnsName.TryRead(message, ref offset, out var name) || offset + fixedLength > message.Length)
            return false;
        var dataLength = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 8)..]);
        if (offset + fixedLength + dataLength > message.Length)
            return false;
        record = new DnsRecordSpan(name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]), BinaryPrimitives.ReadUInt32BigEndian(message[(offset + 4)..]),
            offset + 4, offset + fixedLength, dataLength);
        offset += fixedLength + dataLength;
        return true;
    }

    /// <summary>Moves behind the question of a message that has exactly one.</summary>
    public static bool TrySkipQuestion(ReadOnlySpan<byte> message, out int offset)
    {
        offset = DnsLimits.HeaderLength;
        if (message.Length < DnsLimits.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1
            || !DnsName.TryRead(message, ref offset, out _) || offset + 4 > message.Length)
            return false;
        offset += 4;
        return true;
    }
}
