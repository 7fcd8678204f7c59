namespace Orchestrator.Storage;

/// <summary>The sentences of errors that several stores share.</summary>
internal static class StoreErrors
{
    public static StoreException Compacted(long revision, long compactedRevision) =>
        new(StoreError.Compacted, $"revision {revision} is no longer kept: the store was compacted at {compactedRevision}");

    public static StoreException FutureRevision(long revision, long currentRevision) =>
        new(StoreError.FutureRevision, $"revision {revision} does not exist yet: the store is at {currentRevision}");

    public static StoreException LeaseNotFound(long leaseId) =>
        new(StoreError.LeaseNotFound, $"lease {leaseId} does not exist or has expired");

    public static StoreException Closed() => new(StoreError.Unavailable, "the store was closed") { IsCertainlyNotDone = true };
}
