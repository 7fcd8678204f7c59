using System.Buffers.Binary;
using System.Net;

namespace Orchestrator.Network.Pods;

/// <summary>
/// Hands out the IPv4 addresses of a node's pod range, except its own address, the gateway's (the first) and the broadcast address.
/// Addresses are tried in a circle, so one just given back rests until all others were used: peers may still remember it.
/// A pure state machine; callers lock.
/// </summary>
internal sealed class AddressAllocator
{
    private readonly HashSet<uint> _used = [];
    private readonly uint _first;
    private readonly uint _last;
    private uint _cursor;

    public AddressAllocator(IPNetwork range, IPAddress? lastAllocated)
    {
        if (range.PrefixLength is > 30 or < 8)
            throw new ArgumentOutOfRangeException(nameof(range), range, "A pod range has a prefix length from 8 to 30.");
        var network = ToNumber(range.BaseAddress);
        _first = network + 2;
        _last = network + (uint)((1UL << (32 - range.PrefixLength)) - 2);
        _cursor = lastAllocated is not null && range.Contains(lastAllocated) ? ToNumber(lastAllocated) : _first - 1;
    }

    /// <summary>Marks an address as used; it may also lie outside the range, after the range has changed.</summary>
    public void Reserve(IPAddress address) => _used.Add(ToNumber(address));

    public void Release(IPAddress address) => _used.Remove(ToNumber(address));

    /// <returns>Null when every address is in use.</returns>
    public IPAddress? Allocate()
    {
        for (var tries = _last - _first + 1; tries > 0; tries--)
        {
            _cursor = _cursor >= _last || _cursor < _first ? _first : _cursor + 1;
            if (_used.Add(_cursor))
                return ToAddress(_cursor);
        }
        return null;
    }

    private static uint ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out var length) && length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
    }

    private static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
