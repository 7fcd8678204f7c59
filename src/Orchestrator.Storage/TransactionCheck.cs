namespace Orchestrator.Storage;

/// <summary>What every store refuses before it does any work.</summary>
internal static class TransactionCheck
{
    /// <exception cref="StoreException"><see cref="StoreError.TooLarge"/>.</exception>
    /// <exception cref="ArgumentException">An empty key, or a key changed twice.</exception>
    public static void Validate(StoreTransaction transaction)
    {
        var (conditions, changes) = transaction;
        if (conditions.Count > StoreLimits.MaxOperationsPerTransaction || changes.Count > StoreLimits.MaxOperationsPerTransaction)
            throw new StoreException(StoreError.TooLarge, $"a transaction holds at most {StoreLimits.MaxOperationsPerTransaction} conditions and changes");

        long bytes = 0;
        for (var i = 0; i < conditions.Count; i++)
            bytes += ValidateKey(conditions[i].Key);
        for (var i = 0; i < changes.Count; i++)
        {
            bytes += ValidateKey(changes[i].Key) + (changes[i].Value?.Length ?? 0);
            RefuseRepeat(changes, i);
        }
        if (bytes > StoreLimits.MaxTransactionBytes)
            throw new StoreException(StoreError.TooLarge, $"the transaction has {bytes} bytes, the limit is {StoreLimits.MaxTransactionBytes}");
    }

    private static int ValidateKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var bytes = KeyOrder.Encoding.GetByteCount(key);
        if (bytes > StoreLimits.MaxKeyBytes)
            throw new StoreException(StoreError.TooLarge, $"the key has {bytes} bytes, the limit is {StoreLimits.MaxKeyBytes}");
        return bytes;
    }

    private static void RefuseRepeat(IReadOnlyList<StoreChange> changes, int index)
    {
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (changes[earlier].Key == changes[index].Key)
                throw new ArgumentException($"the transaction changes {changes[index].Key} twice");
        }
    }
}
