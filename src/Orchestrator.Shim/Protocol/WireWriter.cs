using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Shim.Protocol;

/// <summary>Writes values little-endian into a growing buffer; strings and lists carry their length first.</summary>
internal sealed class WireWriter
{
    private byte[] buffer = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public void Byte(byte value) => Take(1)[0] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Text(string? value)
    {
        if (value is null)
        {
            Int(-1);
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        Int(count);
        Encoding.UTF8.GetBytes(value, Take(count));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void Texts(IReadOnlyList<string> values) => List(values, static (writer, value) => writer.Text(value));

    public void List<T>(IReadOnlyList<T> values, Action<WireWriter, T> write)
    {
        Int(values.Count);
        for (var index = 0; index < values.Count; index++)
            write(this, values[index]);
    }

    public byte[] ToArray() => Written.ToArray();

    private Span<byte> Take(int count)
    {
        if (Length + count > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + count));
        var span = buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
