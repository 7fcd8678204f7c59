using System.Buffers.Binary;
using Orchestrator.Dns.Messages;

namespace Orchestrator.Dns.Forwarding;

/// <summary>
/// Remembers upstream answers, "no such name" too (RFC 2308), each for its shortest time to live but no longer than the bound.
/// Times to live in a remembered answer count down. Safe for concurrent use.
/// </summary>
internal sealed class AnswerCache(int capacity, TimeSpan longest, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerKey, Entry> _entries = [];
    private readonly Queue<AnswerKey> _order = [];

    /// <summary>The answer with its times to live counted down and the asker's id; null if there is none.</summary>
    public byte[]? Find(AnswerKey key, ushort id)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry))
                return null;
        }
        var age = time.GetElapsedTime(entry.Stored);
        if (age >= entry.Lifetime)
            return null;
        var answer = entry.Answer.AsSpan().ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(answer, id);
        foreach (var offset in entry.TtlOffsets)
        {
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(offset));
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(offset), ttl - Math.Min(ttl, (uint)age.TotalSeconds));
        }
        return answer;
    }

    public void Store(AnswerKey key, byte[] answer)
    {
        if (!TryMeasure(answer, out var lifetime, out var offsets))
            return;
        lock (_gate)
        {
            if (!_entries.ContainsKey(key))
                _order.Enqueue(key);
            _entries[key] = new Entry(answer, time.GetTimestamp(), lifetime, offsets);
            while (_entries.Count > capacity && _order.TryDequeue(out var oldest))
                _entries.Remove(oldest);
        }
    }

    /// <summary>False for an answer that is not to be kept: an error, a truncated one, or one that says zero.</summary>
    private bool TryMeasure(ReadOnlySpan<byte> answer, out TimeSpan lifetime, out int[] offsets)
    {
        const ushort truncated = 0x0200;
        lifetime = longest;
        offsets = [];
        var flags = BinaryPrimitives.ReadUInt16BigEndian(answer[2..]);
        if ((flags & truncated) != 0 || (DnsCode)(flags & 0xf) is not (DnsCode.NoError or DnsCode.NameError)
            || !DnsRecordReader.TrySkipQuestion(answer, out var offset))
            return false;
        var found = new List<int>();
        var records = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) + BinaryPrimitives.ReadUInt16BigEndian(answer[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(answer[10..]);
        for (; records > 0; records--)
        {
            if (!DnsRecordReader.TryRead(answer, ref offset, out var record))
                return false;
            if (record.Type == DnsType.OPT)
                continue;
            found.Add(record.TtlOffset);
            var seconds = TimeSpan.FromSeconds(record.Ttl);
            lifetime = seconds < lifetime ? seconds : lifetime;
        }
        offsets = [.. found];
        return lifetime > TimeSpan.Zero && found.Count > 0;
    }

    private sealed record Entry(byte[] Answer, long Stored, TimeSpan Lifetime, int[] TtlOffsets);
}

/// <summary>What an answer depends on: the question, and whether the asker speaks EDNS.</summary>
internal readonly record struct AnswerKey(string Name, DnsType Type, ushort Class, bool HasEdns);
