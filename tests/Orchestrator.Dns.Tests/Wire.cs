using System.Buffers.Binary;
using System.Net;
using Orchestrator.Dns.Messages;

namespace Orchestrator.Dns.Tests;

/// <summary>A second, plain reading of the wire format, for the tests' side of a conversation.</summary>
internal static class Wire
{
    public static byte[] Question(string name, DnsType type, ushort id = 7, int? ednsLength = null, byte ednsVersion = 0)
    {
        var message = new byte[DnsLimits.HeaderLength + 300];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0x0100);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)(ednsLength is null ? 0 : 1));
        var length = DnsLimits.HeaderLength;
        Assert.That(DnsName.TryEncode(name, message.AsSpan(length), out var nameLength));
        length += nameLength;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length + 2), 1);
        length += 4;
        if (ednsLength is { } size)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length + 1), 41);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length + 3), (ushort)size);
            message[length + 6] = ednsVersion;
            length += 11;
        }
        return message[..length];
    }

    /// <summary>Code, flags and records in words: "A name 10.0.0.1".</summary>
    public static Reading Read(ReadOnlySpan<byte> message)
    {
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        Assert.That(DnsRecordReader.TrySkipQuestion(message, out var offset), "question");
        var sections = new List<string>[] { [], [], [] };
        for (var section = 0; section < 3; section++)
        {
            for (var count = BinaryPrimitives.ReadUInt16BigEndian(message[(6 + (section * 2))..]); count > 0; count--)
            {
                Assert.That(DnsRecordReader.TryRead(message, ref offset, out var record), "record");
                sections[section].Add(Text(message, record));
            }
        }
        Assert.That(offset, Is.EqualTo(message.Length), "nothing behind the last record");
        return new Reading((DnsCode)(flags & 0xf), (flags & 0x0200) != 0, (flags & 0x0400) != 0, sections[0], sections[1], sections[2]);
    }

    private static string Text(ReadOnlySpan<byte> message, DnsRecordSpan record)
    {
        var offset = record.DataOffset;
        var data = message.Slice(offset, record.DataLength);
        string NameAt(ReadOnlySpan<byte> whole, int at) => DnsName.TryRead(whole, ref at, out var name) ? name : "?";
        return record.Type switch
        {
            DnsType.A or DnsType.AAAA => $"{record.Type} {record.Name} {new IPAddress(data)}",
            DnsType.CNAME or DnsType.NS or DnsType.PTR => $"{record.Type} {record.Name} {NameAt(message, offset)}",
            DnsType.SRV => $"SRV {record.Name} {BinaryPrimitives.ReadUInt16BigEndian(data)} {BinaryPrimitives.ReadUInt16BigEndian(data[2..])} {BinaryPrimitives.ReadUInt16BigEndian(data[4..])} {NameAt(message, offset + 6)}",
            DnsType.TXT => $"TXT {record.Name} {System.Text.Encoding.ASCII.GetString(data[1..])}",
            DnsType.SOA => $"SOA {record.Name}",
            _ => record.Type.ToString(),
        };
    }

    internal sealed record Reading(
        DnsCode Code, bool Truncated, bool Authoritative, List<string> Answers, List<string> Authorities, List<string> Additionals);
}
