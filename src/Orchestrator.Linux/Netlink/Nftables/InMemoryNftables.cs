using System.Text;

namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>
/// A model of the kernel's tables for tests and simulation: applies transactions and refuses what the kernel would refuse, with
/// the same errno: what is not there, what is there with another value, what others still refer to.
/// </summary>
public sealed class InMemoryNftables : INftables
{
    private readonly Lock _gate = new();
    private Dictionary<NftTable, Table> _tables = [];

    /// <summary>Transactions applied so far, the refused ones not counted.</summary>
    public List<NftTransaction> Applied { get; } = [];

    /// <summary>Thrown in place of the next transaction.</summary>
    public LinuxException? NextFailure { get; set; }

    public void Apply(NftTransaction transaction)
    {
        lock (_gate)
        {
            if (NextFailure is { } failure)
            {
                NextFailure = null;
                throw failure;
            }
            var copy = _tables.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
            foreach (var operation in transaction.Operations)
                Apply(copy, transaction.Table, operation);
            if (copy.TryGetValue(transaction.Table, out var table))
                table.CheckReferences(transaction.Table);
            _tables = copy;
            Applied.Add(transaction);
        }
    }

    /// <summary>The table as text, chains and elements in order of their names; empty if there is no such table.</summary>
    public string List(NftTable table)
    {
        lock (_gate)
            return _tables.TryGetValue(table, out var found) ? found.Render(table.Family) : "";
    }

    private static void Apply(Dictionary<NftTable, Table> tables, NftTable name, NftOperation operation)
    {
        if (operation is NftOperation.AddTable)
        {
            tables.TryAdd(name, new Table());
            return;
        }
        if (!tables.TryGetValue(name, out var table))
            throw Refused(Errno.ENOENT, operation, name);
        switch (operation)
        {
            case NftOperation.DeleteTable: tables.Remove(name); break;
            case NftOperation.AddChain add: table.Chains.TryAdd(add.Chain.Name, (add.Chain, [])); break;
            case NftOperation.FlushChain flush: table.Chain(flush.Chain, operation, name).Rules.Clear(); break;
            case NftOperation.AddRule add: table.Chain(add.Chain, operation, name).Rules.Add(add.Rule); break;
            case NftOperation.AddSet add: table.Sets.TryAdd(add.Set.Name, (add.Set, [])); break;
            case NftOperation.FlushSet flush: table.Set(flush.Set.Name, operation, name).Elements.Clear(); break;
            case NftOperation.DeleteChain delete:
                table.Chain(delete.Chain, operation, name);
                if (table.LeadsTo(delete.Chain))
                    throw Refused(Errno.EBUSY, operation, name);
                table.Chains.Remove(delete.Chain);
                break;
            case NftOperation.DeleteSet delete:
                table.Set(delete.Set.Name, operation, name);
                if (table.Uses(delete.Set.Name))
                    throw Refused(Errno.EBUSY, operation, name);
                table.Sets.Remove(delete.Set.Name);
                break;
            case NftOperation.AddElement add:
                var elements = table.Set(add.Set.Name, operation, name).Elements;
                if (elements.TryGetValue(add.Element.Key, out var present) && present != add.Element)
                    throw Refused(Errno.EEXIST, operation, name);
                if (add.Element.Verdict is { Chain.Length: > 0 } verdict)
                    table.Chain(verdict.Chain, operation, name);
                elements[add.Element.Key] = add.Element;
                break;
            case NftOperation.DeleteElement delete:
                if (!table.Set(delete.Set.Name, operation, name).Elements.Remove(delete.Element.Key))
                    throw Refused(Errno.ENOENT, operation, name);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(operation));
        }
        if (operation is NftOperation.AddRule rule)
            table.CheckRule(rule, name);
    }

    private static LinuxException Refused(int errno, NftOperation operation, NftTable table) =>
        new(errno, "nftables", NftText.Render(operation, table));

    private sealed class Table
    {
        public Dictionary<string, (NftChain Chain, List<NftRule> Rules)> Chains { get; private init; } = [];

        public Dictionary<string, (NftSet Set, Dictionary<NftKey, NftElement> Elements)> Sets { get; private init; } = [];

        public Table Clone() => new()
        {
            Chains = Chains.ToDictionary(pair => pair.Key, pair => (pair.Value.Chain, pair.Value.Rules.ToList())),
            Sets = Sets.ToDictionary(pair => pair.Key, pair => (pair.Value.Set, new Dictionary<NftKey, NftElement>(pair.Value.Elements))),
        };

        public (NftChain Chain, List<NftRule> Rules) Chain(string chain, NftOperation operation, NftTable table) =>
            Chains.TryGetValue(chain, out var found) ? found : throw Refused(Errno.ENOENT, operation, table);

        public (NftSet Set, Dictionary<NftKey, NftElement> Elements) Set(string set, NftOperation operation, NftTable table) =>
            Sets.TryGetValue(set, out var found) ? found : throw Refused(Errno.ENOENT, operation, table);

        public bool LeadsTo(string chain) =>
            Chains.Values.Any(other => other.Rules.Any(rule => rule.Statements.Any(statement => TargetsOf(statement).Contains(chain))))
            || Sets.Values.Any(set => set.Elements.Values.Any(element => element.Verdict?.Chain == chain));

        public bool Uses(string set) =>
            Chains.Values.Any(chain => chain.Rules.Any(rule => rule.Statements.Any(statement => SetOf(statement) == set)));

        public void CheckRule(NftOperation.AddRule add, NftTable table)
        {
            foreach (var statement in add.Rule.Statements)
            {
                if (SetOf(statement) is { } set)
                    Set(set, add, table);
                foreach (var target in TargetsOf(statement))
                    Chain(target, add, table);
            }
        }

        /// <summary>A chain that leads back to itself is refused.</summary>
        public void CheckReferences(NftTable table)
        {
            var done = new HashSet<string>();
            foreach (var chain in Chains.Keys)
                Walk(chain, [], done, table);
        }

        public string Render(NftFamily family)
        {
            var text = new StringBuilder();
            foreach (var (set, elements) in Sets.Values.OrderBy(set => set.Set.Name, StringComparer.Ordinal))
            {
                text.Append(set.IsMap ? "map " : "set ").Append(set.Name).Append('\n');
                foreach (var line in elements.Values.Select(element => element.ToString()).Order(StringComparer.Ordinal))
                    text.Append("  ").Append(line).Append('\n');
            }
            foreach (var (chain, rules) in Chains.Values.OrderBy(chain => chain.Chain.Name, StringComparer.Ordinal))
            {
                text.Append("chain ").Append(chain.Name).Append('\n');
                foreach (var rule in rules)
                    text.Append("  ").Append(NftText.Render(rule, family)).Append('\n');
            }
            return text.ToString();
        }

        private void Walk(string chain, HashSet<string> above, HashSet<string> done, NftTable table)
        {
            if (!above.Add(chain))
                throw new LinuxException(Errno.ELOOP, "nftables", $"chain {table} {chain} leads to itself");
            if (done.Add(chain))
            {
                foreach (var target in Chains[chain].Rules.SelectMany(rule => rule.Statements).SelectMany(statement => AllTargetsOf(statement)))
                    Walk(target, above, done, table);
            }
            above.Remove(chain);
        }

        private IEnumerable<string> AllTargetsOf(NftStatement statement) => statement is NftVerdictMap map
            ? Sets[map.Map].Elements.Values.Select(element => element.Verdict?.Chain ?? "").Where(chain => chain.Length > 0)
            : TargetsOf(statement);

        private static IEnumerable<string> TargetsOf(NftStatement statement) => statement switch
        {
            NftDecide { Verdict.Chain: { Length: > 0 } chain } => [chain],
            NftRandomVerdict random => random.Verdicts.Select(verdict => verdict.Chain).Where(chain => chain.Length > 0),
            _ => [],
        };

        private static string? SetOf(NftStatement statement) => statement switch
        {
            NftMatchSet match => match.Set,
            NftVerdictMap map => map.Map,
            NftMapRedirect map => map.Map,
            NftRemember remember => remember.Set,
            _ => null,
        };
    }
}
