using System.Buffers.Binary;

namespace Orchestrator.Dns.Messages;

/// <summary>A request with one question, as far as answering needs it.</summary>
/// <param name="Name">Lower case, without the last dot.</param>
/// <param name="QuestionLength">Bytes of the question behind the header; it is sent back as it came, letter case and all.</param>
/// <param name="UdpLength">How long an answer over UDP may be.</param>
public sealed record DnsQuery(ushort Id, ushort Flags, string Name, DnsType Type, ushort Class, int QuestionLength, bool HasEdns, int UdpLength)
{
    public const ushort InternetClass = 1;

    private const ushort ResponseFlag = 0x8000;
    private const ushort OpcodeMask = 0x7800;

    public bool RecursionDesired => (Flags & 0x0100) != 0;

    /// <summary>
    /// Parses a request. Null with <see cref="DnsCode.NoError"/>: not even an answer is due, as it is too short or itself
    /// an answer. Null with another code: that is the answer.
    /// </summary>
    public static DnsQuery? Parse(ReadOnlySpan<byte> message, out DnsCode refusal)
    {
        refusal = DnsCode.NoError;
        if (message.Length < DnsLimits.HeaderLength)
            return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & ResponseFlag) != 0)
            return null;
        refusal = DnsCode.NotImplemented;
        if ((flags & OpcodeMask) != 0)
            return null;
        refusal = DnsCode.FormatError;
        var offset = DnsLimits.HeaderLength;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1
            || !DnsName.TryRead(message, ref offset, out var name) || offset + 4 > message.Length)
            return null;
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
        var @class = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]);
        offset += 4;
        var questionLength = offset - DnsLimits.HeaderLength;
        if (!TryReadEdns(message, offset, out var hasEdns, out var udpLength, out var version))
            return null;
        if (version != 0)
        {
            refusal = DnsCode.BadVersion;
            return null;
        }
        refusal = DnsCode.NoError;
        return new DnsQuery(BinaryPrimitives.ReadUInt16BigEndian(message), flags, name, type, @class, questionLength, hasEdns, udpLength);
    }

    /// <summary>Finds the OPT record (RFC 6891) among the additional records; a second one is malformed.</summary>
    private static bool TryReadEdns(ReadOnlySpan<byte> message, int offset, out bool hasEdns, out int udpLength, out byte version)
    {
        hasEdns = false;
        udpLength = DnsLimits.PlainUdpLength;
        version = 0;
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (; records > 0; records--)
        {
            if (!DnsRecordReader.TryRead(message, ref offset, out var record))
                return false;
            if (record.Type != DnsType.OPT)
                continue;
            if (hasEdns)
                return false;
            hasEdns = true;
            udpLength = Math.Clamp((int)record.Class, DnsLimits.PlainUdpLength, DnsLimits.LargestUdpLength);
            version = (byte)(record.Ttl >> 16);
        }
        return true;
    }
}
