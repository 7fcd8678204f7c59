using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Dns.Messages;

/// <summary>Writes replies. Records that do not fit are left out; if an answer was among them, the reply says it is truncated.</summary>
public static class DnsWriter
{
    private const ushort Response = 0x8000;
    private const ushort Authoritative = 0x0400;
    private const ushort Truncated = 0x0200;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const int OptLength = 11;

    /// <param name="request">The request's bytes; its question is copied.</param>
    /// <param name="destination">As long as the reply may be at most, at least 512.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(DnsQuery query, ReadOnlySpan<byte> request, DnsReply reply, Span<byte> destination)
    {
        var questionEnd = DnsLimits.HeaderLength + query.QuestionLength;
        request[..questionEnd].CopyTo(destination);
        var reserved = query.HasEdns ? OptLength : 0;
        var section = new SectionWriter(destination[..^reserved], questionEnd, query.Name);
        var answers = section.Write(reply.Answers);
        var complete = answers == reply.Answers.Length;
        var authorities = complete ? section.Write(reply.Authorities) : 0;
        var additionals = complete ? section.Write(reply.Additionals) : 0;
        var length = section.Length;
        if (query.HasEdns)
            length += WriteOpt(destination[length..], reply.Code);
        var flags = Response | RecursionAvailable | (query.Flags & RecursionDesired) | ((int)reply.Code & 0xf)
            | (reply.Authoritative ? Authoritative : 0) | (complete ? 0 : Truncated);
        WriteHeader(destination, query.Id, (ushort)flags, 1, answers, authorities, additionals + (query.HasEdns ? 1 : 0));
        return length;
    }

    /// <summary>A reply to a request that could not be parsed: the header alone, or with OPT where the code needs one.</summary>
    public static int WriteRefusal(ReadOnlySpan<byte> request, DnsCode code, Span<byte> destination)
    {
        var length = DnsLimits.HeaderLength;
        var needsOpt = code == DnsCode.BadVersion;
        if (needsOpt)
            length += WriteOpt(destination[length..], code);
        var flags = BinaryPrimitives.ReadUInt16BigEndian(request[2..]);
        WriteHeader(destination, BinaryPrimitives.ReadUInt16BigEndian(request),
            (ushort)(Response | (flags & 0x7900) | ((int)code & 0xf)), 0, 0, 0, needsOpt ? 1 : 0);
        return length;
    }

    /// <summary>Header and question only, saying that the rest is to be asked for over TCP.</summary>
    public static int WriteTruncated(DnsQuery query, ReadOnlySpan<byte> request, Span<byte> destination)
    {
        var length = Write(query, request, new DnsReply(DnsCode.NoError), destination);
        destination[2] |= Truncated >> 8;
        return length;
    }

    private static void WriteHeader(Span<byte> destination, ushort id, ushort flags, int questions, int answers, int authorities, int additionals)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], flags);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)questions);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], (ushort)authorities);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], (ushort)additionals);
    }

    private static int WriteOpt(Span<byte> destination, DnsCode code)
    {
        destination[..OptLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)DnsType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], DnsLimits.LargestUdpLength);
        destination[5] = (byte)((int)code >> 4);
        return OptLength;
    }

    /// <summary>Writes records behind each other. Owner names equal to the question's become a pointer to it.</summary>
    private ref struct SectionWriter(Span<byte> destination, int start, string questionName)
    {
        private const ushort PointerToQuestion = 0xc000 | DnsLimits.HeaderLength;

        private readonly Span<byte> _destination = destination;
        private int _length = start;

        public readonly int Length => _length;

        /// <returns>How many fitted.</returns>
        public int Write(ImmutableArray<DnsRecord> records)
        {
            var count = 0;
            foreach (var record in records)
            {
                var before = _length;
                if (!TryWrite(record))
                {
                    _length = before;
                    break;
                }
                count++;
            }
            return count;
        }

        private bool TryWrite(DnsRecord record)
        {
            if (!TryWriteOwner(record.Name) || !TryUInt16((ushort)record.Type) || !TryUInt16(DnsQuery.InternetClass) || !TryUInt32(record.TtlSeconds))
                return false;
            var lengthAt = _length;
            if (!TryUInt16(0) || !TryWriteData(record))
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(_destination[lengthAt..], (ushort)(_length - lengthAt - 2));
            return true;
        }

        private bool TryWriteOwner(string name) => name == questionName ? TryUInt16(PointerToQuestion) : TryName(name);

        private bool TryWriteData(DnsRecord record)
        {
            switch (record)
            {
                case AddressRecord address:
                    if (!address.Address.TryWriteBytes(_destination[_length..], out var written))
                        return false;
                    _length += written;
                    return true;
                case NameRecord name:
                    return TryName(name.Target);
                case ServiceRecord service:
                    return TryUInt16(service.Priority) && TryUInt16(service.Weight) && TryUInt16(service.Port) && TryName(service.Target);
                case TextRecord text:
                    return TryText(text.Text);
                case AuthorityRecord authority:
                    return TryName(authority.Server) && TryName(authority.Mailbox) && TryUInt32(authority.Serial) && TryUInt32(authority.RefreshSeconds)
                        && TryUInt32(authority.RetrySeconds) && TryUInt32(authority.ExpireSeconds) && TryUInt32(authority.NegativeSeconds);
                default:
                    throw new ArgumentOutOfRangeException(nameof(record));
            }
        }

        private bool TryText(string text)
        {
            const int longest = 255;
            var length = Encoding.UTF8.GetByteCount(text);
            if (length > longest || _length + 1 + length > _destination.Length)
                return false;
            _destination[_length] = (byte)length;
            Encoding.UTF8.GetBytes(text, _destination[(_length + 1)..]);
            _length += 1 + length;
            return true;
        }

        private bool TryName(string name)
        {
            Span<byte> encoded = stackalloc byte[DnsLimits.LongestName + 1];
            if (!DnsName.TryEncode(name, encoded, out var length) || _length + length > _destination.Length)
                return false;
            encoded[..length].CopyTo(_destination[_length..]);
            _length += length;
            return true;
        }

        private bool TryUInt16(ushort value)
        {
            if (!BinaryPrimitives.TryWriteUInt16BigEndian(_destination[_length..], value))
                return false;
            _length += 2;
            return true;
        }

        private bool TryUInt32(uint value)
        {
            if (!BinaryPrimitives.TryWriteUInt32BigEndian(_destination[_length..], value))
                return false;
            _length += 4;
            return true;
        }
    }
}
