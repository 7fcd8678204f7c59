namespace Orchestrator.Linux.Netlink.Nftables;

/// <summary>nf_tables of one network namespace, spoken to directly: a transaction is one netlink batch.</summary>
public sealed class KernelNftables : INftables, IDisposable
{
    /// <summary>Counted over all tables and sockets of the process, as several may write to one table.</summary>
    private static long _mapNames;

    private readonly NetlinkSocket _socket;

    private KernelNftables(NetlinkSocket socket) => _socket = socket;

    /// <summary>For the calling thread's network namespace.</summary>
    public static KernelNftables Open() => new(NetlinkSocket.Open(NetlinkProtocol.Netfilter));

    /// <summary>For the network namespace at the path.</summary>
    public static KernelNftables Open(string namespacePath)
    {
        using var handle = Namespaces.NetworkNamespace.Open(namespacePath);
        return new KernelNftables(Namespaces.NetworkNamespace.OpenNetlink(handle, NetlinkProtocol.Netfilter));
    }

    public void Apply(NftTransaction transaction)
    {
        if (transaction.Operations.Count == 0)
            return;
        var writer = new NetlinkWriter(16 * 1024);
        var encoder = new NftEncoder(writer, transaction.Table, NextMapName);
        encoder.Encode(transaction);
        _socket.ExecuteBatch(writer, message => Describe(transaction, encoder.OperationOf(message)));
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The process id keeps it apart from maps that an earlier process left in the table.</summary>
    private static string NextMapName() => $"__map-{Environment.ProcessId:x}-{Interlocked.Increment(ref _mapNames):x}";

    private static string Describe(NftTransaction transaction, int operation) => operation < 0
        ? $"transaction on table {transaction.Table}"
        : NftText.Render(transaction.Operations[operation], transaction.Table);
}
