namespace Orchestrator.Storage;

/// <summary>How much room a store takes.</summary>
/// <param name="SizeBytes">On disk, free pages included.</param>
/// <param name="UsedBytes">Of these, what present values and history fill.</param>
/// <param name="IsFull">There is no room: puts are refused with <see cref="StoreError.NoSpace"/> until there is.</param>
/// <param name="Fault">Why no write is taken until the store is started again; null: they are.</param>
public sealed record StoreStatus(long SizeBytes, long UsedBytes, bool IsFull, string? Fault = null);
