using System.Collections.Immutable;
using Orchestrator.Linux.Netlink.Nftables;

namespace Orchestrator.Proxy.Rules;

/// <summary>Everything one Service port adds to the table. Chains and sets belong to it alone; elements may be claimed by others too.</summary>
public sealed record ServiceFragment(
    ImmutableArray<FragmentChain> Chains, ImmutableArray<NftSet> Sets, ImmutableArray<FragmentElement> Elements)
{
    public static ServiceFragment Empty { get; } = new([], [], []);
}

/// <param name="Text">The rules in words: two chains with the same text hold the same rules.</param>
public sealed record FragmentChain(string Name, ImmutableArray<NftRule> Rules, string Text)
{
    public static FragmentChain Of(string name, NftFamily family, IEnumerable<NftRule> rules)
    {
        ImmutableArray<NftRule> all = [.. rules];
        return new FragmentChain(name, all, string.Join('\n', all.Select(rule => NftText.Render(rule, family))));
    }
}

public sealed record FragmentElement(NftSet Set, NftElement Element);
