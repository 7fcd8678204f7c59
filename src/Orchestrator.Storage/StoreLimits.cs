namespace Orchestrator.Storage;

/// <summary>Bounds that every store enforces alike, so that what fits one store fits all.</summary>
public static class StoreLimits
{
    /// <summary>Conditions, and changes, in one transaction. etcd's default for <c>--max-txn-ops</c>.</summary>
    public const int MaxOperationsPerTransaction = 128;

    /// <summary>Keys and values of one transaction together: etcd's default for <c>--max-request-bytes</c>, less its framing.</summary>
    public const int MaxTransactionBytes = 1_500_000;

    /// <summary>UTF-8 bytes of one key. Kubernetes keys stay under 700.</summary>
    public const int MaxKeyBytes = 4096;
}
