using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Shim.Protocol;

/// <summary>Reads what <see cref="WireWriter"/> wrote. Input that does not fit is an <see cref="InvalidDataException"/>.</summary>
internal sealed class WireReader(ReadOnlyMemory<byte> input)
{
    private int position;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string Text() => OptionalText() ?? throw new InvalidDataException("a text is missing");

    public string? OptionalText()
    {
        var length = Int();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public byte[] Bytes() => Take(Int()).ToArray();

    public IReadOnlyList<string> Texts() => List(static reader => reader.Text());

    public IReadOnlyList<T> List<T>(Func<WireReader, T> read)
    {
        var count = Int();
        if (count < 0 || count > input.Length - position)
            throw new InvalidDataException($"a list of {count} items does not fit its message");
        var values = new T[count];
        for (var index = 0; index < count; index++)
            values[index] = read(this);
        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > input.Length - position)
            throw new InvalidDataException("a message ends too early");
        var span = input.Span.Slice(position, count);
        position += count;
        return span;
    }
}
