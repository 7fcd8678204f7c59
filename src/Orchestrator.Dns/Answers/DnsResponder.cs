using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Orchestrator.Dns.Forwarding;
using Orchestrator.Dns.Messages;
using Orchestrator.Dns.Zone;

namespace Orchestrator.Dns.Answers;

/// <summary>From a request's bytes to the answer's: the cluster's names from the snapshot, all others from upstream.</summary>
public sealed class DnsResponder(DnsOptions options, Func<ZoneSnapshot> zone, Forwarder forwarder)
{
    private readonly ClusterAnswers _cluster = new(options);

    /// <summary>
    /// Answers at once what needs nobody else. Pure but for the snapshot.
    /// </summary>
    /// <param name="answer">As long as an answer may be; that of UDP is cut to what the client takes.</param>
    /// <returns>The answer's length; 0: none is due; null: go on with <see cref="AskAsync"/>.</returns>
    public int? TryAnswer(ReadOnlySpan<byte> request, Span<byte> answer, bool overTcp, out DnsQuery? query, out ClusterAnswer? partial)
    {
        partial = null;
        query = DnsQuery.Parse(request, out var refusal);
        if (query is null)
            return refusal == DnsCode.NoError ? 0 : DnsWriter.WriteRefusal(request, refusal, answer);
        partial = _cluster.Answer(query, zone());
        if (partial is null or { Chase: not null })
            return null;
        return DnsWriter.Write(query, request, partial.Reply, Limit(answer, query, overTcp));
    }

    /// <summary>Answers what <see cref="TryAnswer"/> left.</summary>
    public async Task<int> AskAsync(
        DnsQuery query, ClusterAnswer? partial, ReadOnlyMemory<byte> request, Memory<byte> answer, bool overTcp, CancellationToken cancellationToken)
    {
        if (partial?.Chase is { } target)
        {
            var reply = await ChaseAsync(query, partial.Reply, target, cancellationToken);
            return DnsWriter.Write(query, request.Span, reply, Limit(answer.Span, query, overTcp));
        }
        var relayed = await forwarder.AskAsync(query, request, cancellationToken);
        var room = Limit(answer.Span, query, overTcp);
        if (relayed is null)
            return DnsWriter.Write(query, request.Span, new DnsReply(DnsCode.ServerFailure), room);
        if (relayed.Length > room.Length)
            return DnsWriter.WriteTruncated(query, request.Span, room);
        relayed.CopyTo(room);
        return relayed.Length;
    }

    /// <summary>Adds what the outside says of the alias's target. If it says nothing the alias alone has to do.</summary>
    private async Task<DnsReply> ChaseAsync(DnsQuery query, DnsReply alias, string target, CancellationToken cancellationToken)
    {
        var request = new byte[DnsLimits.HeaderLength + DnsLimits.LongestName + 5];
        if (!TryWriteQuestion(request, target, query.Type, out var length)
            || DnsQuery.Parse(request.AsSpan(0, length), out _) is not { } question)
            return alias;
        var answer = await forwarder.AskAsync(question, request.AsMemory(0, length), cancellationToken);
        return answer is null
            ? new DnsReply(DnsCode.ServerFailure) { Answers = alias.Answers }
            : alias with { Authoritative = false, Answers = [.. alias.Answers, .. ReadChain(answer)] };
    }

    private static bool TryWriteQuestion(Span<byte> request, string name, DnsType type, out int length)
    {
        const ushort recursionDesired = 0x0100;
        BinaryPrimitives.WriteUInt16BigEndian(request[2..], recursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(request[4..], 1);
        length = DnsLimits.HeaderLength;
        if (!DnsName.TryEncode(name, request[length..], out var nameLength))
            return false;
        length += nameLength;
        BinaryPrimitives.WriteUInt16BigEndian(request[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(request[(length + 2)..], DnsQuery.InternetClass);
        length += 4;
        return true;
    }

    /// <summary>Addresses and further aliases among the answers; compressed names are spelled out.</summary>
    private static ImmutableArray<DnsRecord> ReadChain(ReadOnlySpan<byte> answer)
    {
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        if (!DnsRecordReader.TrySkipQuestion(answer, out var offset))
            return [];
        for (var count = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); count > 0; count--)
        {
            if (!DnsRecordReader.TryRead(answer, ref offset, out var record))
                break;
            var data = record.DataOffset;
            if (record.Type is DnsType.A or DnsType.AAAA && record.DataLength is 4 or 16)
                records.Add(new AddressRecord(record.Name, record.Ttl, new IPAddress(answer.Slice(data, record.DataLength))));
            else if (record.Type == DnsType.CNAME && DnsName.TryRead(answer, ref data, out var target))
                records.Add(new NameRecord(record.Name, record.Ttl, DnsType.CNAME, target));
        }
        return records.ToImmutable();
    }

    private static Span<byte> Limit(Span<byte> answer, DnsQuery query, bool overTcp) =>
        overTcp ? answer : answer[..Math.Min(answer.Length, query.UdpLength)];
}
