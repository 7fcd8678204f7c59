using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>
/// Writes transactions as the netlink messages of the kernel's nf_tables (linux/netfilter/nf_tables.h). All numbers in
/// attributes are big-endian; values in registers and set elements are laid out as packets have them.
/// </summary>
/// <param name="nextMapName">Names for nameless maps, each unique in its table.</param>
internal sealed class NftEncoder(NetlinkWriter writer, NftTable table, Func<string> nextMapName)
{
    private const ushort Subsystem = 10;
    private const ushort BatchBegin = 0x10;
    private const ushort BatchEnd = 0x11;
    private const ushort NewTable = 0, DeleteTableMessage = 2, NewChain = 3, DeleteChainMessage = 5, NewRule = 6, DeleteRule = 8,
        NewSet = 9, DeleteSetMessage = 11, NewSetElements = 12, DeleteSetElements = 14;

    private const uint SetAnonymous = 1, SetConstant = 2, SetMap = 8, SetTimeout = 16, SetDynamic = 32;

    /// <summary>A dynamic set must be bounded; this is nft's own bound for one that names none.</summary>
    private const uint DynamicSetSize = 65535;

    /// <summary>Stay below the 64 KiB that one attribute can hold.</summary>
    private const int MaxElementListBytes = 48 * 1024;

    private readonly NftExpressionWriter _expressions = new(writer);
    private readonly byte[] _value = new byte[64];
    private readonly List<int> _operationOfMessage = [];
    private uint _setIds;
    private int _operation;

    /// <summary>The operation that message number <paramref name="message"/> belongs to; -1 for the batch's own messages.</summary>
    public int OperationOf(int message) => message >= 0 && message < _operationOfMessage.Count ? _operationOfMessage[message] : -1;

    public void Encode(NftTransaction transaction)
    {
        var operations = transaction.Operations;
        _operation = -1;
        PutBatchMark(BatchBegin);
        for (var index = 0; index < operations.Count;)
        {
            _operation = index;
            index += operations[index] switch
            {
                NftOperation.AddElement add => PutElements(NewSetElements, add.Set, operations, index),
                NftOperation.DeleteElement delete => PutElements(DeleteSetElements, delete.Set, operations, index),
                var single => Put(single),
            };
        }
        _operation = -1;
        PutBatchMark(BatchEnd);
    }

    private int Put(NftOperation operation)
    {
        switch (operation)
        {
            case NftOperation.AddTable: PutTable(NewTable, NetlinkFlags.Create); break;
            case NftOperation.DeleteTable: PutTable(DeleteTableMessage, NetlinkFlags.None); break;
            case NftOperation.AddChain add: PutChain(add.Chain); break;
            case NftOperation.FlushChain flush: PutNames(DeleteRule, flush.Chain, 2); break;
            case NftOperation.DeleteChain delete: PutNames(DeleteChainMessage, delete.Chain, 3); break;
            case NftOperation.AddRule add: PutRule(add.Chain, add.Rule); break;
            case NftOperation.AddSet add: PutSet(add.Set); break;
            case NftOperation.DeleteSet delete: PutNames(DeleteSetMessage, delete.Set.Name, 2); break;
            case NftOperation.FlushSet flush: PutNames(DeleteSetElements, flush.Set.Name, 2); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation));
        }
        return 1;
    }

    private void PutTable(ushort message, NetlinkFlags flags)
    {
        Begin(message, flags);
        writer.PutString(1, table.Name);
        writer.EndMessage();
    }

    private void PutChain(NftChain chain)
    {
        const ushort chainTable = 1, chainName = 3, chainHook = 4, chainPolicy = 5, chainType = 7;
        Begin(NewChain, NetlinkFlags.Create);
        writer.PutString(chainTable, table.Name);
        writer.PutString(chainName, chain.Name);
        if (chain.Base is { } hook)
        {
            var nested = writer.BeginNested(chainHook);
            writer.PutUInt32BigEndian(1, (uint)hook.Hook);
            writer.PutUInt32BigEndian(2, unchecked((uint)hook.Priority));
            writer.EndNested(nested);
            writer.PutUInt32BigEndian(chainPolicy, (uint)NftVerdictKind.Accept);
            writer.PutString(chainType, hook.Type);
        }
        writer.EndMessage();
    }

    /// <summary>A message that names the table and one object in it.</summary>
    private void PutNames(ushort message, string name, ushort nameAttribute)
    {
        Begin(message, NetlinkFlags.None);
        writer.PutString(1, table.Name);
        writer.PutString(nameAttribute, name);
        writer.EndMessage();
    }

    private void PutRule(string chain, NftRule rule)
    {
        const ushort ruleTable = 1, ruleChain = 2, ruleExpressions = 4, ruleUserData = 7;
        // A random choice is a lookup in a nameless map, which has to be sent before the rule.
        var choice = default(ChoiceMap);
        foreach (var statement in rule.Statements)
        {
            if (statement is NftRandomVerdict or NftRandomRedirect)
                choice = PutChoices(statement);
        }
        Begin(NewRule, NetlinkFlags.Create | NetlinkFlags.Append);
        writer.PutString(ruleTable, table.Name);
        writer.PutString(ruleChain, chain);
        var expressions = writer.BeginNested(ruleExpressions);
        foreach (var statement in rule.Statements)
            _expressions.Put(statement, table.Family, choice);
        writer.EndNested(expressions);
        if (rule.Comment.Length > 0)
            writer.PutBytes(ruleUserData, CommentUserData(rule.Comment));
        writer.EndMessage();
    }

    /// <summary>
    /// The kernel can choose the name itself ("__map%d"), but then reads the number out of the name of every set there is.
    /// </summary>
    private ChoiceMap PutChoices(NftStatement statement)
    {
        var choice = new ChoiceMap(nextMapName(), ++_setIds);
        var elements = statement switch
        {
            NftRandomVerdict random => random.Verdicts.Select((verdict, index) =>
                new NftElement(new NftKey(NftDatum.Integer((uint)index)), Verdict: verdict)),
            NftRandomRedirect random => random.Targets.Select((target, index) =>
                new NftElement(new NftKey(NftDatum.Integer((uint)index)), TargetKey(target))),
            _ => throw new ArgumentOutOfRangeException(nameof(statement)),
        };
        var valueTypes = statement is NftRandomVerdict
            ? new[] { NftDataType.Verdict }
            : [table.Family == NftFamily.IPv6 ? NftDataType.IPv6Address : NftDataType.IPv4Address, NftDataType.InetService];
        var set = new NftSet(choice.Name, NftDataType.Integer) { ValueTypes = valueTypes };
        PutSetDefinition(set, SetAnonymous | SetConstant | SetMap, choice.Id);
        PutElementList(NewSetElements, set, [.. elements], choice.Id);
        return choice;
    }

    private static NftKey TargetKey(IPEndPoint target) => new(NftDatum.Address(target.Address), NftDatum.Port(target.Port));

    private void PutSet(NftSet set)
    {
        var flags = (set.IsMap ? SetMap : 0) | (set.Timeout is null ? 0 : SetTimeout | SetDynamic);
        PutSetDefinition(set, flags, ++_setIds);
    }

    private void PutSetDefinition(NftSet set, uint flags, uint id)
    {
        const ushort setTable = 1, setName = 2, setFlags = 3, keyType = 4, keyLength = 5, dataType = 6, dataLength = 7,
            description = 9, setId = 10, timeout = 11, userData = 13;
        Begin(NewSet, NetlinkFlags.Create);
        writer.PutString(setTable, table.Name);
        writer.PutString(setName, set.Name);
        writer.PutUInt32BigEndian(setFlags, flags);
        writer.PutUInt32BigEndian(keyType, TypeNumber(set.KeyTypes));
        writer.PutUInt32BigEndian(keyLength, (uint)TotalLength(set.KeyTypes));
        if (set.ValueTypes is [NftDataType.Verdict])
        {
            writer.PutUInt32BigEndian(dataType, 0xffffff00);
            writer.PutUInt32BigEndian(dataLength, 0);
        }
        else if (set.IsMap)
        {
            writer.PutUInt32BigEndian(dataType, TypeNumber(set.ValueTypes));
            writer.PutUInt32BigEndian(dataLength, (uint)TotalLength(set.ValueTypes));
        }
        if (set.Timeout is { } time)
        {
            var nested = writer.BeginNested(description);
            writer.PutUInt32BigEndian(1, DynamicSetSize);
            writer.EndNested(nested);
            writer.PutUInt64BigEndian(timeout, (ulong)time.TotalMilliseconds);
        }
        writer.PutUInt32BigEndian(setId, id);
        if (set.KeyTypes is [NftDataType.Integer or NftDataType.Mark or NftDataType.InterfaceName])
            writer.PutBytes(userData, HostByteOrderUserData);
        writer.EndMessage();
    }

    /// <summary>Takes as many operations on the same set as fit one message.</summary>
    private int PutElements(ushort message, NftSet set, IReadOnlyList<NftOperation> operations, int start)
    {
        Begin(message, message == NewSetElements ? NetlinkFlags.Create : NetlinkFlags.None);
        var list = BeginElementList(set, 0);
        var first = writer.Length;
        var index = start;
        while (index < operations.Count && writer.Length - first < MaxElementListBytes
            && ElementOf(operations[index], message, set) is { } element)
        {
            PutElement(element, message == NewSetElements);
            index++;
        }
        writer.EndNested(list);
        writer.EndMessage();
        return index - start;
    }

    private static NftElement? ElementOf(NftOperation operation, ushort message, NftSet set) => operation switch
    {
        NftOperation.AddElement add when message == NewSetElements && add.Set.Name == set.Name => add.Element,
        NftOperation.DeleteElement delete when message == DeleteSetElements && delete.Set.Name == set.Name => delete.Element,
        _ => null,
    };

    private void PutElementList(ushort message, NftSet set, ImmutableArray<NftElement> elements, uint setId)
    {
        for (var index = 0; index < elements.Length;)
        {
            Begin(message, NetlinkFlags.Create);
            var list = BeginElementList(set, setId);
            var first = writer.Length;
            while (index < elements.Length && writer.Length - first < MaxElementListBytes)
                PutElement(elements[index++], withValue: true);
            writer.EndNested(list);
            writer.EndMessage();
        }
    }

    private int BeginElementList(NftSet set, uint setId)
    {
        const ushort listTable = 1, listSet = 2, listElements = 3, listSetId = 4;
        writer.PutString(listTable, table.Name);
        writer.PutString(listSet, set.Name);
        if (setId != 0)
            writer.PutUInt32BigEndian(listSetId, setId);
        return writer.BeginNested(listElements);
    }

    private void PutElement(NftElement element, bool withValue)
    {
        const ushort listElement = 1, elementKey = 1, elementData = 2;
        var nested = writer.BeginNested(listElement);
        _expressions.PutValue(elementKey, _value.AsSpan(0, element.Key.WritePadded(_value)));
        if (withValue && element.Value is { } value)
            _expressions.PutValue(elementData, _value.AsSpan(0, value.WritePadded(_value)));
        if (withValue && element.Verdict is { } verdict)
            _expressions.PutVerdict(elementData, verdict);
        writer.EndNested(nested);
    }

    private void Begin(ushort message, NetlinkFlags flags)
    {
        _operationOfMessage.Add(_operation);
        writer.BeginMessage((ushort)(Subsystem << 8 | message), NetlinkFlags.Request | flags);
        writer.PutStruct(new NetfilterHeader { Family = (byte)table.Family });
    }

    private void PutBatchMark(ushort message)
    {
        _operationOfMessage.Add(_operation);
        writer.BeginMessage(message, NetlinkFlags.Request);
        writer.PutStruct(new NetfilterHeader { ResourceHigh = 0, ResourceLow = (byte)Subsystem });
        writer.EndMessage();
    }

    /// <summary>
    /// Concatenated types are numbers of six bits each. The kernel only keeps them for nft, which aborts on a plain number among
    /// them; a packet mark lies in memory in the same way and can be shown.
    /// </summary>
    private static uint TypeNumber(NftDataType[] types)
    {
        var number = 0u;
        foreach (var type in types)
            number = number << 6 | (uint)(type == NftDataType.Integer && types.Length > 1 ? NftDataType.Mark : type);
        return number;
    }

    private static int TotalLength(NftDataType[] types) =>
        types.Length == 1 ? NftDatum.LengthOf(types[0]) : types.Sum(type => NetlinkWriter.Align(NftDatum.LengthOf(type)));

    /// <summary>nft's own note on a set: type 0 (key byte order), length 4, value 1 (host order).</summary>
    private static ReadOnlySpan<byte> HostByteOrderUserData => [0, 4, 1, 0, 0, 0];

    /// <summary>nft's own note on a rule: type 0 (comment), length, text with a zero byte.</summary>
    private static byte[] CommentUserData(string comment)
    {
        const int longest = 127;
        var text = Encoding.UTF8.GetBytes(comment.Length <= longest ? comment : comment[..longest]);
        return [0, (byte)(text.Length + 1), .. text, 0];
    }
}
