using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>The nameless map of a rule that chooses at random.</summary>
/// <param name="Id">Stands for the map within its transaction.</param>
internal readonly record struct ChoiceMap(string Name, uint Id);

/// <summary>
/// Compiles statements to the kernel's expressions. Registers are counted in 32-bit words from NFT_REG32_00; a concatenation
/// loads its parts into words that follow each other.
/// </summary>
internal sealed class NftExpressionWriter(NetlinkWriter writer)
{
    private const uint VerdictRegister = 0;
    private const uint FirstRegister = 8;
    private const uint CompareEqual = 0, CompareNotEqual = 1;
    private const uint MetaMark = 3, MetaInputName = 6, MetaOutputName = 7, MetaProtocol = 16;
    private const uint TrackState = 0, TrackOriginalPort = 12, TrackOriginalIPv4 = 20, TrackOriginalIPv6 = 22;
    private const uint StateNew = 8;
    private const uint LocalAddressType = 2;

    private readonly byte[] _value = new byte[64];

    public void Put(NftStatement statement, NftFamily family, ChoiceMap choice)
    {
        switch (statement)
        {
            case NftMatch match:
                Load(match.Selector, family, FirstRegister);
                Compare(match.Negate, _value.AsSpan(0, match.Value.Write(Zeroed())));
                break;
            case NftMatchRange match: PutRange(match, family); break;
            case NftMatchSet match:
                Load(match.Selectors, family);
                Lookup(match.Set, null, match.Negate);
                break;
            case NftMatchLocalDestination match: PutLocal(2, match.Negate); break;
            case NftMatchLocalSource match: PutLocal(1, match.Negate); break;
            case NftMatchNew:
                Simple("ct", (1, FirstRegister), (2, TrackState));
                Bitwise(StateNew, 0);
                CompareNumber(CompareNotEqual, 0);
                break;
            case NftMatchMark match:
                Simple("meta", (2, MetaMark), (1, FirstRegister));
                Bitwise(match.Bits, 0);
                CompareNumber(match.Negate ? CompareEqual : CompareNotEqual, 0);
                break;
            case NftVerdictMap map:
                Load(map.Selectors, family);
                Lookup(map.Map, VerdictRegister, negate: false);
                break;
            case NftRandomVerdict random:
                Random(random.Verdicts.Length);
                Lookup(choice.Name, VerdictRegister, negate: false, choice.Id);
                break;
            case NftDecide decide: Immediate(decide.Verdict); break;
            case NftMarkBits mark: ChangeMark(~mark.Bits, mark.Bits); break;
            case NftFlipMark mark: ChangeMark(uint.MaxValue, mark.Bits); break;
            case NftRemember remember: PutRemember(remember, family); break;
            case NftRedirect redirect: PutRedirect(redirect, family); break;
            case NftRandomRedirect random:
                Random(random.Targets.Length);
                Lookup(choice.Name, FirstRegister, negate: false, choice.Id);
                DestinationNat(family);
                break;
            case NftMapRedirect map:
                var next = Load(map.Selectors, family);
                if (map.RandomModulus > 0)
                    Random(map.RandomModulus, next);
                Lookup(map.Map, FirstRegister, negate: false);
                DestinationNat(family);
                break;
            case NftMasquerade: Simple("masq", (1, 0x10u)); break;
            case NftReject reject: PutReject(reject.With, family); break;
            default: throw new ArgumentOutOfRangeException(nameof(statement));
        }
    }

    /// <summary>A data attribute that holds bytes.</summary>
    public void PutValue(ushort type, ReadOnlySpan<byte> value)
    {
        var nested = writer.BeginNested(type);
        writer.PutBytes(1, value);
        writer.EndNested(nested);
    }

    /// <summary>A data attribute that holds a verdict.</summary>
    public void PutVerdict(ushort type, NftVerdict verdict)
    {
        var data = writer.BeginNested(type);
        var nested = writer.BeginNested(2);
        writer.PutUInt32BigEndian(1, unchecked((uint)verdict.Kind));
        if (verdict.Chain.Length > 0)
            writer.PutString(2, verdict.Chain);
        writer.EndNested(nested);
        writer.EndNested(data);
    }

    /// <returns>The register behind the last one filled.</returns>
    private uint Load(ImmutableArray<NftSelector> selectors, NftFamily family)
    {
        var register = FirstRegister;
        foreach (var selector in selectors)
            register += Load(selector, family, register);
        return register;
    }

    /// <returns>How many 32-bit words were filled.</returns>
    private uint Load(NftSelector selector, NftFamily family, uint register)
    {
        var (addressLength, source, destination) = family == NftFamily.IPv6 ? (16u, 8u, 24u) : (4u, 12u, 16u);
        const uint network = 1, transport = 2;
        switch (selector)
        {
            case NftSelector.SourceAddress: Payload(register, network, source, addressLength); return addressLength / 4;
            case NftSelector.DestinationAddress: Payload(register, network, destination, addressLength); return addressLength / 4;
            case NftSelector.SourcePort: Payload(register, transport, 0, 2); return 1;
            case NftSelector.DestinationPort: Payload(register, transport, 2, 2); return 1;
            case NftSelector.Protocol: Simple("meta", (2, MetaProtocol), (1, register)); return 1;
            case NftSelector.InputInterface: Simple("meta", (2, MetaInputName), (1, register)); return 4;
            case NftSelector.OutputInterface: Simple("meta", (2, MetaOutputName), (1, register)); return 4;
            case NftSelector.OriginalDestinationAddress:
                LoadOriginal(register, family == NftFamily.IPv6 ? TrackOriginalIPv6 : TrackOriginalIPv4);
                return addressLength / 4;
            case NftSelector.OriginalDestinationPort: LoadOriginal(register, TrackOriginalPort); return 1;
            default: throw new ArgumentOutOfRangeException(nameof(selector));
        }
    }

    private void Payload(uint register, uint header, uint offset, uint length) =>
        Simple("payload", (1, register), (2, header), (3, offset), (4, length));

    private void LoadOriginal(uint register, uint key)
    {
        const ushort direction = 3;
        const byte original = 0;
        var (element, data) = Begin("ct");
        writer.PutUInt32BigEndian(1, register);
        writer.PutUInt32BigEndian(2, key);
        writer.PutByte(direction, original);
        End(element, data);
    }

    /// <summary>Whole bytes of the address are compared directly, other lengths under a mask.</summary>
    private void PutRange(NftMatchRange match, NftFamily family)
    {
        var length = match.Range.PrefixLength;
        var address = match.Range.BaseAddress.GetAddressBytes();
        if (match.Range.BaseAddress.AddressFamily == AddressFamily.InterNetwork && length == 0)
            return;
        var offset = (match.Selector, family) switch
        {
            (NftSelector.SourceAddress, NftFamily.IPv6) => 8u,
            (NftSelector.SourceAddress, _) => 12u,
            (NftSelector.DestinationAddress, NftFamily.IPv6) => 24u,
            (NftSelector.DestinationAddress, _) => 16u,
            _ => throw new ArgumentOutOfRangeException(nameof(match), match.Selector, "Only addresses lie in ranges."),
        };
        if (length % 8 == 0)
        {
            Payload(FirstRegister, 1, offset, (uint)length / 8);
            Compare(match.Negate, address.AsSpan(0, length / 8));
            return;
        }
        Payload(FirstRegister, 1, offset, (uint)address.Length);
        var mask = new byte[address.Length];
        for (var bit = 0; bit < length; bit++)
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        Bitwise(mask, new byte[address.Length]);
        Compare(match.Negate, address);
    }

    private void PutLocal(uint which, bool negate)
    {
        const uint addressType = 3;
        Simple("fib", (3, which), (2, addressType), (1, FirstRegister));
        CompareNumber(negate ? CompareNotEqual : CompareEqual, LocalAddressType);
    }

    private void PutRemember(NftRemember remember, NftFamily family)
    {
        const uint update = 1;
        Load(remember.Selectors, family);
        var (element, data) = Begin("dynset");
        writer.PutString(1, remember.Set);
        writer.PutUInt32BigEndian(3, update);
        writer.PutUInt32BigEndian(4, FirstRegister);
        End(element, data);
    }

    private void PutRedirect(NftRedirect redirect, NftFamily family)
    {
        var address = redirect.Address.GetAddressBytes();
        Immediate(FirstRegister, address);
        Immediate(FirstRegister + (uint)address.Length / 4, [(byte)(redirect.Port >> 8), (byte)redirect.Port]);
        DestinationNat(family);
    }

    /// <summary>From an address in the first words and a port in the word after it.</summary>
    private void DestinationNat(NftFamily family)
    {
        const uint destinationNat = 1;
        var portRegister = FirstRegister + (family == NftFamily.IPv6 ? 4u : 1u);
        Simple("nat", (1, destinationNat), (2, (uint)family), (3, FirstRegister), (5, portRegister));
    }

    private void PutReject(NftRejection with, NftFamily family)
    {
        const uint unreachable = 0, tcpReset = 1;
        var (type, code) = (with, family) switch
        {
            (NftRejection.TcpReset, _) => (tcpReset, 0),
            (NftRejection.HostUnreachable, NftFamily.IPv6) => (unreachable, 3),
            (NftRejection.HostUnreachable, _) => (unreachable, 1),
            (_, NftFamily.IPv6) => (unreachable, 4),
            _ => (unreachable, 3),
        };
        var (element, data) = Begin("reject");
        writer.PutUInt32BigEndian(1, type);
        writer.PutByte(2, (byte)code);
        End(element, data);
    }

    private void Random(int modulus, uint register = FirstRegister)
    {
        const uint random = 1;
        Simple("numgen", (1, register), (2, (uint)modulus), (3, random), (4, 0u));
    }

    private void ChangeMark(uint mask, uint xor)
    {
        Simple("meta", (2, MetaMark), (1, FirstRegister));
        Bitwise(mask, xor);
        Simple("meta", (2, MetaMark), (3, FirstRegister));
    }

    private void Lookup(string set, uint? destination, bool negate, uint setId = 0)
    {
        const uint inverted = 1;
        var (element, data) = Begin("lookup");
        writer.PutString(1, set);
        if (setId != 0)
            writer.PutUInt32BigEndian(4, setId);
        writer.PutUInt32BigEndian(2, FirstRegister);
        if (destination is { } register)
            writer.PutUInt32BigEndian(3, register);
        if (negate)
            writer.PutUInt32BigEndian(5, inverted);
        End(element, data);
    }

    private void Compare(bool negate, ReadOnlySpan<byte> value) => Compare(negate ? CompareNotEqual : CompareEqual, value);

    private void Compare(uint operation, ReadOnlySpan<byte> value)
    {
        var (element, data) = Begin("cmp");
        writer.PutUInt32BigEndian(1, FirstRegister);
        writer.PutUInt32BigEndian(2, operation);
        PutValue(3, value);
        End(element, data);
    }

    private void CompareNumber(uint operation, uint number) => Compare(operation, MemoryMarshal.AsBytes([number]));

    private void Bitwise(uint mask, uint xor) => Bitwise(MemoryMarshal.AsBytes([mask]), MemoryMarshal.AsBytes([xor]));

    private void Bitwise(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> xor)
    {
        var (element, data) = Begin("bitwise");
        writer.PutUInt32BigEndian(1, FirstRegister);
        writer.PutUInt32BigEndian(2, FirstRegister);
        writer.PutUInt32BigEndian(3, (uint)mask.Length);
        PutValue(4, mask);
        PutValue(5, xor);
        End(element, data);
    }

    private void Immediate(NftVerdict verdict)
    {
        var (element, data) = Begin("immediate");
        writer.PutUInt32BigEndian(1, VerdictRegister);
        PutVerdict(2, verdict);
        End(element, data);
    }

    private void Immediate(uint register, ReadOnlySpan<byte> value)
    {
        var (element, data) = Begin("immediate");
        writer.PutUInt32BigEndian(1, register);
        PutValue(2, value);
        End(element, data);
    }

    /// <summary>An expression whose attributes are all 32-bit numbers.</summary>
    private void Simple(string name, params ReadOnlySpan<(int Type, uint Value)> attributes)
    {
        var (element, data) = Begin(name);
        foreach (var (type, value) in attributes)
            writer.PutUInt32BigEndian((ushort)type, value);
        End(element, data);
    }

    private (int Element, int Data) Begin(string name)
    {
        var element = writer.BeginNested(1);
        writer.PutString(1, name);
        return (element, writer.BeginNested(2));
    }

    private void End(int element, int data)
    {
        writer.EndNested(data);
        writer.EndNested(element);
    }

    private Span<byte> Zeroed()
    {
        Array.Clear(_value);
        return _value;
    }
}
