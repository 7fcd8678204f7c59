using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>Writes the protobuf wire format: tags, varints, and messages whose length is known once they are whole.</summary>
internal sealed class ProtoOutput
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;

    private readonly MemoryStream content = new();

    public byte[] ToArray() => content.ToArray();

    public void Bool(int field, bool value)
    {
        Tag(field, Varint);
        Number(value ? 1UL : 0UL);
    }

    public void Double(int field, double value)
    {
        Tag(field, Fixed64);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        content.Write(bytes);
    }

    public void String(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A nested message. An empty one is written too: its presence says something.</summary>
    public void Message(int field, Action<ProtoOutput> write)
    {
        var nested = new ProtoOutput();
        write(nested);
        Bytes(field, nested.content.GetBuffer().AsSpan(0, (int)nested.content.Length));
    }

    private void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimited);
        Number((ulong)value.Length);
        content.Write(value);
    }

    private void Tag(int field, int wireType) => Number((ulong)(field << 3 | wireType));

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            content.WriteByte((byte)(value | 0x80));
        content.WriteByte((byte)value);
    }
}
