using System.Collections.Immutable;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy.Rules;

/// <summary>
/// What the kernel's table holds, as far as we wrote it, and the way to what it should hold. <see cref="Change"/> compares
/// fragments, so a changed endpoint costs the chain of its Service and a few elements. Two Services may claim the same address
/// and port; the one that came first keeps it until it lets go. Not safe for concurrent use.
/// </summary>
internal sealed class Ruleset(ProxyTable table)
{
    private readonly Dictionary<ServicePortKey, ServiceFragment> _fragments = [];
    private readonly Dictionary<ElementKey, List<Claim>> _claims = [];

    public int Count => _fragments.Count;

    /// <summary>
    /// The transaction that takes the table from its present state to one where each of these ports has the given fragment, or
    /// none if it is null. The state is changed at once: after a refused transaction the table must be built anew.
    /// </summary>
    public NftTransaction Change(IReadOnlyCollection<KeyValuePair<ServicePortKey, ServiceFragment?>> changes)
    {
        var plan = new Plan();
        foreach (var (key, fragment) in changes)
            PlanPort(plan, key, _fragments.GetValueOrDefault(key) ?? ServiceFragment.Empty, fragment ?? ServiceFragment.Empty);
        foreach (var (key, fragment) in changes)
        {
            if (fragment is null)
                _fragments.Remove(key);
            else
                _fragments[key] = fragment;
        }
        PlanElements(plan);
        var transaction = new NftTransaction(table.Table);
        plan.WriteTo(transaction);
        return transaction;
    }

    /// <summary>The transaction that builds the whole table, whatever the kernel holds.</summary>
    public NftTransaction Rebuild()
    {
        var transaction = table.Reset();
        foreach (var fragment in _fragments.Values)
        {
            foreach (var set in fragment.Sets)
                transaction.AddSet(set);
            foreach (var chain in fragment.Chains)
                transaction.AddChain(chain.Name);
        }
        foreach (var fragment in _fragments.Values)
            foreach (var chain in fragment.Chains)
                AddRules(transaction, chain);
        foreach (var (key, claims) in _claims.OrderBy(pair => pair.Key.Set.Name, StringComparer.Ordinal))
            transaction.AddElement(key.Set, claims[0].Element);
        return transaction;
    }

    private void PlanPort(Plan plan, ServicePortKey port, ServiceFragment before, ServiceFragment after)
    {
        var setIsReplaced = after.Sets.Any(set => before.Sets.Any(other => other.Name == set.Name && !Same(other, set)));
        PlanChains(plan, before.Chains, after.Chains, setIsReplaced);
        foreach (var set in after.Sets)
        {
            if (!before.Sets.Any(other => Same(other, set)))
                plan.NewSets.Add(set);
        }
        foreach (var set in before.Sets)
        {
            if (!after.Sets.Any(other => Same(other, set)))
                plan.GoneSets.Add(set);
        }
        foreach (var element in before.Elements)
            Release(plan, port, element);
        foreach (var element in after.Elements)
            Take(plan, port, element);
    }

    /// <param name="rewriteAll">A set cannot be replaced while a rule refers to it.</param>
    private static void PlanChains(
        Plan plan, ImmutableArray<FragmentChain> before, ImmutableArray<FragmentChain> after, bool rewriteAll)
    {
        foreach (var chain in after)
        {
            var old = before.FirstOrDefault(other => other.Name == chain.Name);
            if (old is null)
                plan.NewChains.Add(chain);
            else if (rewriteAll || old.Text != chain.Text)
                plan.ChangedChains.Add(chain);
        }
        foreach (var chain in before)
        {
            if (!after.Any(other => other.Name == chain.Name))
                plan.GoneChains.Add(chain.Name);
        }
    }

    /// <summary>A changed timeout would need a new set under the same name; the old one goes first, within the same transaction.</summary>
    private static bool Same(NftSet one, NftSet other) => one.Name == other.Name && one.Timeout == other.Timeout;

    private void Take(Plan plan, ServicePortKey port, FragmentElement element)
    {
        var key = new ElementKey(element.Set, element.Element.Key);
        plan.Touch(key, _claims);
        if (!_claims.TryGetValue(key, out var claims))
            _claims[key] = claims = [];
        claims.Add(new Claim(port, element.Element));
    }

    private void Release(Plan plan, ServicePortKey port, FragmentElement element)
    {
        var key = new ElementKey(element.Set, element.Element.Key);
        if (!_claims.TryGetValue(key, out var claims))
            return;
        plan.Touch(key, _claims);
        claims.RemoveAt(claims.FindIndex(claim => claim.Port == port));
        if (claims.Count == 0)
            _claims.Remove(key);
    }

    /// <summary>Only the claim in front is in the kernel, so only a change there is written.</summary>
    private void PlanElements(Plan plan)
    {
        foreach (var (key, before) in plan.Touched)
        {
            var now = _claims.TryGetValue(key, out var claims) ? claims[0].Element : null;
            if (before is not null && before == now)
                continue;
            if (before is not null)
                plan.GoneElements.Add(new FragmentElement(key.Set, before));
            if (now is not null)
                plan.NewElements.Add(new FragmentElement(key.Set, now));
        }
    }

    private static void AddRules(NftTransaction transaction, FragmentChain chain)
    {
        foreach (var rule in chain.Rules)
            transaction.Add(new NftOperation.AddRule(chain.Name, rule));
    }

    private readonly record struct ElementKey(NftSet Set, NftKey Key)
    {
        public bool Equals(ElementKey other) => Set.Name == other.Set.Name && Key.Equals(other.Key);

        public override int GetHashCode() => HashCode.Combine(Set.Name, Key);
    }

    private sealed record Claim(ServicePortKey Port, NftElement Element);

    /// <summary>
    /// Operations by kind, as they must follow each other: what is led to exists before something leads there, and nothing leads
    /// there any more when it goes.
    /// </summary>
    private sealed class Plan
    {
        public List<FragmentChain> NewChains { get; } = [];

        public List<FragmentChain> ChangedChains { get; } = [];

        public List<string> GoneChains { get; } = [];

        public List<NftSet> NewSets { get; } = [];

        public List<NftSet> GoneSets { get; } = [];

        public List<FragmentElement> NewElements { get; } = [];

        public List<FragmentElement> GoneElements { get; } = [];

        /// <summary>Elements as they were before the change; null for those that were not there.</summary>
        public Dictionary<ElementKey, NftElement?> Touched { get; } = [];

        public void Touch(ElementKey key, Dictionary<ElementKey, List<Claim>> claims) =>
            Touched.TryAdd(key, claims.TryGetValue(key, out var present) ? present[0].Element : null);

        public void WriteTo(NftTransaction transaction)
        {
            foreach (var element in GoneElements.OrderBy(element => element.Set.Name, StringComparer.Ordinal))
                transaction.DeleteElement(element.Set, element.Element);
            foreach (var chain in ChangedChains)
                transaction.Add(new NftOperation.FlushChain(chain.Name));
            foreach (var chain in GoneChains)
                transaction.Add(new NftOperation.FlushChain(chain));
            foreach (var chain in GoneChains)
                transaction.Add(new NftOperation.DeleteChain(chain));
            foreach (var set in GoneSets)
                transaction.Add(new NftOperation.DeleteSet(set));
            foreach (var set in NewSets)
                transaction.AddSet(set);
            foreach (var chain in NewChains)
                transaction.AddChain(chain.Name);
            foreach (var chain in ChangedChains.Concat(NewChains))
                AddRules(transaction, chain);
            foreach (var element in NewElements.OrderBy(element => element.Set.Name, StringComparer.Ordinal))
                transaction.AddElement(element.Set, element.Element);
        }
    }
}
