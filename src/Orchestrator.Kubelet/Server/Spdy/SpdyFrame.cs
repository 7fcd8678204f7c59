using System.Buffers.Binary;

namespace Orchestrator.Kubelet.Server.Spdy;

internal enum SpdyFrameType : ushort
{
    Data = 0,
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
}

/// <summary>A frame of SPDY/3.1: eight bytes of header, then a payload. Data frames carry their stream in the header.</summary>
internal readonly record struct SpdyFrame(SpdyFrameType Type, int StreamId, byte Flags, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderBytes = 8;

    /// <summary>The sender's half of the stream ends with this frame.</summary>
    public const byte Fin = 1;

    /// <summary>What a length field can say is 16 MiB; nothing sensible comes near.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    private const ushort ControlVersion3 = 0x8003;

    public bool IsLast => (Flags & Fin) != 0;

    /// <exception cref="SpdyException">Not a frame of version 3, or too large.</exception>
    public static (SpdyFrameType Type, int StreamId, byte Flags, int Length) ParseHeader(ReadOnlySpan<byte> header)
    {
        var length = (header[5] << 16) | (header[6] << 8) | header[7];
        if (length > MaxPayloadBytes)
            throw new SpdyException("frame too large");
        if ((header[0] & 0x80) == 0)
            return (SpdyFrameType.Data, BinaryPrimitives.ReadInt32BigEndian(header) & int.MaxValue, header[4], length);
        if (BinaryPrimitives.ReadUInt16BigEndian(header) != ControlVersion3)
            throw new SpdyException("frame of another version than SPDY/3");
        return ((SpdyFrameType)BinaryPrimitives.ReadUInt16BigEndian(header[2..]), 0, header[4], length);
    }

    public byte[] Encode()
    {
        var bytes = new byte[HeaderBytes + Payload.Length];
        if (Type == SpdyFrameType.Data)
            BinaryPrimitives.WriteInt32BigEndian(bytes, StreamId);
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, ControlVersion3);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)Type);
        }

        // The flags stand on the highest byte of the length.
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), Payload.Length);
        bytes[4] = Flags;
        Payload.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>A control frame whose payload starts with the stream's number.</summary>
    public static SpdyFrame ForStream(SpdyFrameType type, int streamId, ReadOnlySpan<byte> rest, byte flags = 0)
    {
        var payload = new byte[4 + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(payload, streamId);
        rest.CopyTo(payload.AsSpan(4));
        return new(type, 0, flags, payload);
    }
}
