using System.Buffers.Binary;

namespace Orchestrator.Api.Documents.Protobuf;

/// <summary>Reads the protobuf wire format field by field. Bodies are hostile: every length is checked.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int position;

    public int Number { get; private set; }

    public ProtoWire Wire { get; private set; }

    /// <summary>Moves to the next field. False at the end.</summary>
    public bool Read()
    {
        if (position == data.Length)
            return false;
        var tag = ReadVarint();
        Number = (int)(tag >> 3);
        Wire = (ProtoWire)(tag & 7);
        if (Number == 0 || tag > uint.MaxValue)
            throw new DocumentException("proto: illegal tag");
        return true;
    }

    /// <summary>The next number of a packed run. False at its end.</summary>
    public bool TryReadPacked(out ulong value)
    {
        value = 0;
        if (position == data.Length)
            return false;
        value = ReadVarint();
        return true;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position == data.Length)
                throw Truncated();
            var next = data[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new DocumentException("proto: integer overflow");
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        if (Wire != ProtoWire.Bytes)
            throw new DocumentException($"proto: wrong wireType = {(int)Wire} for field {Number}");
        var length = ReadVarint();
        if (length > (ulong)(data.Length - position))
            throw Truncated();
        var bytes = data.Slice(position, (int)length);
        position += (int)length;
        return bytes;
    }

    public double ReadDouble()
    {
        if (Wire != ProtoWire.Fixed64 || data.Length - position < 8)
            throw Truncated();
        position += 8;
        return BinaryPrimitives.ReadDoubleLittleEndian(data[(position - 8)..]);
    }

    public void Skip()
    {
        switch (Wire)
        {
            case ProtoWire.Varint:
                ReadVarint();
                break;
            case ProtoWire.Bytes:
                ReadBytes();
                break;
            case ProtoWire.Fixed64 or ProtoWire.Fixed32:
                var size = Wire == ProtoWire.Fixed64 ? 8 : 4;
                if (data.Length - position < size)
                    throw Truncated();
                position += size;
                break;
            default:
                throw new DocumentException($"proto: wireType {(int)Wire} is not supported");
        }
    }

    private static DocumentException Truncated() => new("unexpected EOF");
}

internal enum ProtoWire
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
