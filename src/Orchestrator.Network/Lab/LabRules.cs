using System.Collections.Immutable;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Network.Lab;

/// <summary>
/// nftables rules that belong to the lab itself, not to a Service. A packet that is still addressed to the Service range when
/// it reaches a filter hook was not translated: no such Service, or no proxy yet. It is refused, so that the caller learns at once.
/// </summary>
internal static class LabRules
{
    private const string Isolated = "isolated";
    private const string CutLinks = "cut";

    private static readonly NftSet IsolatedSet = new(Isolated, NftDataType.InterfaceName);
    private static readonly NftSet CutSet = new(CutLinks, NftDataType.InterfaceName, NftDataType.InterfaceName);

    public static NftTransaction Node(NftTable table, LabRanges ranges)
    {
        var transaction = new NftTransaction(table).ResetTable();
        RefuseUntranslated(transaction, ranges);
        return transaction;
    }

    /// <summary>As on a node, and what leaves the lab for the outside takes the host's address.</summary>
    public static NftTransaction Host(NftTable table, LabRanges ranges, string bridge)
    {
        var transaction = Node(table, ranges).AddChain("outside", new NftBase("nat", NftHook.Postrouting, NftBase.SourceNat));
        foreach (var source in new[] { ranges.Pods, ranges.Nodes })
        {
            transaction.AddRule("outside",
                new NftMatchRange(NftSelector.SourceAddress, source),
                new NftMatch(NftSelector.OutputInterface, NftDatum.Interface(bridge)) { Negate = true },
                new NftMatch(NftSelector.OutputInterface, NftDatum.Interface("lo")) { Negate = true },
                new NftMasquerade());
        }
        return transaction;
    }

    /// <summary>On the host's bridge: frames of isolated nodes, and frames between nodes whose link is cut, are dropped.</summary>
    public static NftTransaction Faults(NftTable table) => new NftTransaction(table).AddTable()
        .AddSet(IsolatedSet).AddSet(CutSet)
        .AddChain("from-node", new NftBase("filter", NftHook.Prerouting, NftBase.Filter))
        .AddChain("between-nodes", new NftBase("filter", NftHook.Forward, NftBase.Filter))
        .AddChain("to-node", new NftBase("filter", NftHook.Postrouting, NftBase.Filter))
        .Add(new NftOperation.FlushChain("from-node")).Add(new NftOperation.FlushChain("between-nodes")).Add(new NftOperation.FlushChain("to-node"))
        .AddRule("from-node", new NftMatchSet([NftSelector.InputInterface], Isolated), new NftDecide(NftVerdict.Drop))
        .AddRule("between-nodes", new NftMatchSet([NftSelector.InputInterface, NftSelector.OutputInterface], CutLinks), new NftDecide(NftVerdict.Drop))
        .AddRule("to-node", new NftMatchSet([NftSelector.OutputInterface], Isolated), new NftDecide(NftVerdict.Drop));

    public static NftTransaction Isolate(NftTable table, string link) => new NftTransaction(table)
        .AddElement(IsolatedSet, Links(link));

    public static NftTransaction Rejoin(NftTable table, string link) => new NftTransaction(table)
        .AddElement(IsolatedSet, Links(link)).DeleteElement(IsolatedSet, Links(link));

    public static NftTransaction Cut(NftTable table, string one, string other) => new NftTransaction(table)
        .AddElement(CutSet, Links(one, other)).AddElement(CutSet, Links(other, one));

    /// <summary>Added first, as deleting what is not there would be refused.</summary>
    public static NftTransaction Heal(NftTable table, string one, string other) => Cut(table, one, other)
        .DeleteElement(CutSet, Links(one, other)).DeleteElement(CutSet, Links(other, one));

    private static NftElement Links(params ImmutableArray<string> names) => new(new NftKey([.. names.Select(NftDatum.Interface)]));

    private static void RefuseUntranslated(NftTransaction transaction, LabRanges ranges)
    {
        foreach (var (chain, hook) in new[] { ("refuse-out", NftHook.Output), ("refuse-forward", NftHook.Forward) })
        {
            transaction.AddChain(chain, new NftBase("filter", hook, NftBase.Filter))
                .AddRule(chain, new NftMatchRange(NftSelector.DestinationAddress, ranges.Services), new NftReject());
        }
    }
}
