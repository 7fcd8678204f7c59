using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>
/// Builds one or more netlink messages in one buffer (netlink(7), rtnetlink(7)). Everything is aligned to four bytes, as the
/// protocol wants. Messages and nested attributes are opened and closed in pairs; the sender stamps sequence numbers.
/// Not safe for concurrent use; reusable after <see cref="Clear"/>.
/// </summary>
public sealed class NetlinkWriter(int capacityBytes = 1024)
{
    public const int HeaderLength = 16;
    private const ushort NestedFlag = 0x8000;

    private byte[] _buffer = new byte[capacityBytes];
    private int _length;
    private int _messageStart = -1;

    public int Length => _length;

    /// <summary>Messages written so far.</summary>
    public int MessageCount { get; private set; }

    /// <summary>Where the open message starts; lets a caller take back a message it does not want after all.</summary>
    public Span<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _messageStart = -1;
        MessageCount = 0;
    }

    public void BeginMessage(ushort type, NetlinkFlags flags)
    {
        Debug.Assert(_messageStart < 0, "The previous message is still open.");
        _messageStart = _length;
        var header = Extend(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)flags);
        MessageCount++;
    }

    public void EndMessage()
    {
        Debug.Assert(_messageStart >= 0, "No message is open.");
        MemoryMarshal.Write(_buffer.AsSpan(_messageStart), (uint)(_length - _messageStart));
        _messageStart = -1;
    }

    /// <summary>The fixed header that follows the message header, such as ifinfomsg.</summary>
    public void PutStruct<T>(in T value) where T : unmanaged
    {
        MemoryMarshal.Write(Extend(Align(Unsafe.SizeOf<T>())), value);
    }

    public void PutBytes(ushort type, ReadOnlySpan<byte> value) => value.CopyTo(ExtendAttribute(type, value.Length));

    public void PutFlag(ushort type) => ExtendAttribute(type, 0);

    public void PutByte(ushort type, byte value) => ExtendAttribute(type, 1)[0] = value;

    public void PutUInt16(ushort type, ushort value) => MemoryMarshal.Write(ExtendAttribute(type, 2), value);

    public void PutUInt32(ushort type, uint value) => MemoryMarshal.Write(ExtendAttribute(type, 4), value);

    public void PutInt32(ushort type, int value) => MemoryMarshal.Write(ExtendAttribute(type, 4), value);

    public void PutUInt16BigEndian(ushort type, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(ExtendAttribute(type, 2), value);

    public void PutUInt32BigEndian(ushort type, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(ExtendAttribute(type, 4), value);

    public void PutUInt64BigEndian(ushort type, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(ExtendAttribute(type, 8), value);

    /// <summary>A string with the zero byte the kernel expects at its end.</summary>
    public void PutString(ushort type, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, ExtendAttribute(type, length + 1));
    }

    public void PutAddress(ushort type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        PutBytes(type, bytes[..length]);
    }

    /// <summary>Opens an attribute that holds attributes; give the result to <see cref="EndNested"/>.</summary>
    public int BeginNested(ushort type)
    {
        var start = _length;
        ExtendAttribute((ushort)(type | NestedFlag), 0);
        return start;
    }

    /// <summary>As <see cref="BeginNested"/>, without NLA_F_NESTED: older parts of rtnetlink take it for a foreign type.</summary>
    public int BeginPlainNested(ushort type)
    {
        var start = _length;
        ExtendAttribute(type, 0);
        return start;
    }

    public void EndNested(int start)
    {
        var length = _length - start;
        Debug.Assert(length <= ushort.MaxValue, "An attribute holds at most 64 KiB.");
        MemoryMarshal.Write(_buffer.AsSpan(start), (ushort)length);
    }

    private Span<byte> ExtendAttribute(ushort type, int payloadLength)
    {
        var attribute = Extend(Align(4 + payloadLength));
        MemoryMarshal.Write(attribute, (ushort)(4 + payloadLength));
        MemoryMarshal.Write(attribute[2..], type);
        return attribute.Slice(4, payloadLength);
    }

    /// <summary>Room of the given size, zeroed: padding must not leak old bytes.</summary>
    private Span<byte> Extend(int length)
    {
        if (_length + length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        var span = _buffer.AsSpan(_length, length);
        span.Clear();
        _length += length;
        return span;
    }

    internal static int Align(int length) => (length + 3) & ~3;
}
