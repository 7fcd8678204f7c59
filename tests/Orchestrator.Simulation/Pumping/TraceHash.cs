using System.Buffers.Binary;

namespace Orchestrator.Simulation.Pumping;

/// <summary>
/// A running hash of everything a run did: two runs with the same one went the same way. Not seeded per process, unlike
/// <see cref="HashCode"/>.
/// </summary>
internal sealed class TraceHash
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    public void Add(long value) => Value = ulong.RotateLeft((Value ^ (ulong)value) * Prime, 29);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            Add(BinaryPrimitives.ReadInt64LittleEndian(bytes));
        foreach (var rest in bytes)
            Add(rest);
    }

    public void Add(string text)
    {
        Add(text.Length);
        foreach (var character in text)
            Add(character);
    }
}
