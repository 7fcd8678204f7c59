namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>One change within a transaction, in the words of nft(8).</summary>
public abstract record NftOperation
{
    /// <summary>Creates the table unless it is there.</summary>
    public sealed record AddTable : NftOperation;

    /// <summary>Deletes the table with all that is in it; it must be there.</summary>
    public sealed record DeleteTable : NftOperation;

    /// <summary>Creates the chain unless it is there.</summary>
    public sealed record AddChain(NftChain Chain) : NftOperation;

    /// <summary>Deletes all rules of the chain.</summary>
    public sealed record FlushChain(string Chain) : NftOperation;

    /// <summary>Deletes a chain that no rule or map leads to, with its rules.</summary>
    public sealed record DeleteChain(string Chain) : NftOperation;

    /// <summary>Appends to the chain.</summary>
    public sealed record AddRule(string Chain, NftRule Rule) : NftOperation;

    /// <summary>Creates the set or map unless it is there.</summary>
    public sealed record AddSet(NftSet Set) : NftOperation;

    /// <summary>Deletes a set that no rule uses.</summary>
    public sealed record DeleteSet(NftSet Set) : NftOperation;

    public sealed record FlushSet(NftSet Set) : NftOperation;

    /// <summary>Adds an element; one with the same key must not be there with another value.</summary>
    public sealed record AddElement(NftSet Set, NftElement Element) : NftOperation;

    /// <summary>Deletes the element with this key; it must be there.</summary>
    public sealed record DeleteElement(NftSet Set, NftElement Element) : NftOperation;
}

/// <summary>Changes to one table, applied all together or not at all.</summary>
public sealed class NftTransaction(NftTable table)
{
    private readonly List<NftOperation> _operations = [];

    public NftTable Table { get; } = table;

    public IReadOnlyList<NftOperation> Operations => _operations;

    public NftTransaction Add(NftOperation operation)
    {
        _operations.Add(operation);
        return this;
    }

    public NftTransaction AddTable() => Add(new NftOperation.AddTable());

    /// <summary>Leaves an empty table, whatever was there before.</summary>
    public NftTransaction ResetTable() => AddTable().Add(new NftOperation.DeleteTable()).AddTable();

    /// <summary>Leaves no table, whether or not there was one.</summary>
    public NftTransaction RemoveTable() => AddTable().Add(new NftOperation.DeleteTable());

    public NftTransaction AddChain(string name, NftBase? hook = null) => Add(new NftOperation.AddChain(new NftChain(name, hook)));

    public NftTransaction AddRule(string chain, params NftStatement[] statements) =>
        Add(new NftOperation.AddRule(chain, new NftRule(statements)));

    public NftTransaction AddSet(NftSet set) => Add(new NftOperation.AddSet(set));

    public NftTransaction AddElement(NftSet set, NftElement element) => Add(new NftOperation.AddElement(set, element));

    public NftTransaction DeleteElement(NftSet set, NftElement element) => Add(new NftOperation.DeleteElement(set, element));

    /// <summary>The transaction as a script for nft(8).</summary>
    public override string ToString() => NftText.Render(this);
}

/// <summary>Where transactions go: the kernel, or a model of it in memory.</summary>
public interface INftables
{
    /// <summary>Applies everything, in order, or nothing. Safe for concurrent use.</summary>
    /// <exception cref="LinuxException">ENOENT, EEXIST, EBUSY, ...: which operation was refused.</exception>
    void Apply(NftTransaction transaction);
}
