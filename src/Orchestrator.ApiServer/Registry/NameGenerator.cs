namespace Orchestrator.ApiServer.Registry;

/// <summary>Random name suffixes and UIDs from one seeded source. Thread-safe.</summary>
internal sealed class NameGenerator(int? seed)
{
    private const int MaxPrefixLength = 58;
    private const int SuffixLength = 5;

    /// <summary>No vowels, and no digits that look like letters: no accidental words, no misreading.</summary>
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Lock gate = new();
    private readonly Random random = seed is { } value ? new Random(value) : new Random(BitConverter.ToInt32(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4)));

    public string NewName(string prefix)
    {
        Span<char> suffix = stackalloc char[SuffixLength];
        lock (gate)
            random.GetItems(Letters, suffix);
        return string.Concat(prefix.AsSpan(0, Math.Min(prefix.Length, MaxPrefixLength)), suffix);
    }

    /// <summary>From 0 up to 1, for jitter.</summary>
    public double NextDouble()
    {
        lock (gate)
            return random.NextDouble();
    }

    /// <summary>A version 4 UUID.</summary>
    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (gate)
            random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
