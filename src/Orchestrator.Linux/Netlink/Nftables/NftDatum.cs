using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>Types of set keys and map values; the numbers are those nft(8) shows types by.</summary>
public enum NftDataType
{
    Verdict = 1,
    Integer = 4,
    IPv4Address = 7,
    IPv6Address = 8,
    InetProtocol = 12,
    InetService = 13,
    Mark = 19,
    InterfaceName = 41,
}

/// <summary>One typed value: an address, a protocol number, a port, ...</summary>
public readonly record struct NftDatum
{
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Sctp = 132;

    private readonly UInt128 _number;
    private readonly string? _text;

    private NftDatum(NftDataType type, UInt128 number, string? text = null)
    {
        Type = type;
        _number = number;
        _text = text;
    }

    public NftDataType Type { get; }

    public static NftDatum Address(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new NftDatum(NftDataType.IPv4Address, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new NftDatum(NftDataType.IPv6Address, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <param name="protocol">An IP protocol number, such as <see cref="Tcp"/>.</param>
    public static NftDatum Protocol(byte protocol) => new(NftDataType.InetProtocol, protocol);

    public static NftDatum Port(int port) => new(NftDataType.InetService, (ushort)port);

    public static NftDatum Mark(uint mark) => new(NftDataType.Mark, mark);

    public static NftDatum Integer(uint value) => new(NftDataType.Integer, value);

    public static NftDatum Interface(string name) => new(NftDataType.InterfaceName, 0, name);

    /// <summary>As nft(8) writes it.</summary>
    public override string ToString() => Type switch
    {
        NftDataType.IPv4Address or NftDataType.IPv6Address => ToAddress().ToString(),
        NftDataType.InetProtocol => (byte)_number switch { Tcp => "tcp", Udp => "udp", Sctp => "sctp", var other => other.ToString(CultureInfo.InvariantCulture) },
        NftDataType.Mark => $"0x{(uint)_number:x}",
        NftDataType.InterfaceName => $"\"{_text}\"",
        _ => ((uint)_number).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Bytes of a value of this type, without padding.</summary>
    internal static int LengthOf(NftDataType type) => type switch
    {
        NftDataType.IPv6Address or NftDataType.InterfaceName => 16,
        NftDataType.InetProtocol => 1,
        NftDataType.InetService => 2,
        _ => 4,
    };

    /// <summary>Writes the value as it lies in a register: addresses and ports as on the wire, numbers as the host has them.</summary>
    internal int Write(Span<byte> destination)
    {
        switch (Type)
        {
            case NftDataType.IPv4Address: BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_number); break;
            case NftDataType.IPv6Address: BinaryPrimitives.WriteUInt128BigEndian(destination, _number); break;
            case NftDataType.InetProtocol: destination[0] = (byte)_number; break;
            case NftDataType.InetService: BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)_number); break;
            case NftDataType.InterfaceName: Encoding.UTF8.GetBytes(_text!, destination[..16]); break;
            default: System.Runtime.InteropServices.MemoryMarshal.Write(destination, (uint)_number); break;
        }
        return LengthOf(Type);
    }

    private IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(bytes)]);
    }
}

/// <summary>A set key or map value: one value, or several side by side ("concatenation"). Equal when all parts are.</summary>
public sealed class NftKey : IEquatable<NftKey>
{
    private readonly NftDatum[] _parts;
    private string? _text;

    public NftKey(params NftDatum[] parts) => _parts = parts;

    public ReadOnlySpan<NftDatum> Parts => _parts;

    public bool Equals(NftKey? other) => other is not null && _parts.AsSpan().SequenceEqual(other._parts);

    public override bool Equals(object? obj) => Equals(obj as NftKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var part in _parts)
            hash.Add(part);
        return hash.ToHashCode();
    }

    public override string ToString() => _text ??= string.Join(" . ", _parts);

    /// <summary>Each part takes whole 32-bit registers.</summary>
    internal int WritePadded(Span<byte> destination)
    {
        destination.Clear();
        var offset = 0;
        foreach (var part in _parts)
            offset += NetlinkWriter.Align(part.Write(destination[offset..]));
        return _parts.Length == 1 ? NftDatum.LengthOf(_parts[0].Type) : offset;
    }
}
