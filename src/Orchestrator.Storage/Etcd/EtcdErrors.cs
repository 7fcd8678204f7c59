using Orchestrator.Grpc;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// etcd's errors in the store's terms. Codes are shared by several errors, so the text decides; it has been the same in all
/// 3.x releases. Source: etcd's api/v3rpc/rpctypes.
/// </summary>
internal static class EtcdErrors
{
    public static StoreException Translate(GrpcException error) =>
        new(Classify(error), $"etcd: {error.Message}", error) { IsCertainlyNotDone = IsCertainlyNotDone(error) };

    public static bool IsCompacted(GrpcException error) => Classify(error) == StoreError.Compacted;

    public static bool IsLeaseNotFound(GrpcException error) => Classify(error) == StoreError.LeaseNotFound;

    /// <summary>
    /// The token has expired, was forgotten, or is older than a change of users and roles. The request was refused before it did
    /// anything.
    /// </summary>
    public static bool IsTokenRefused(GrpcException error) =>
        error.StatusCode == GrpcStatusCode.Unauthenticated || Says(error, "revision of auth store is old");

    /// <summary>
    /// The request cannot have had an effect and cannot have one later: it never left, or the member refused it before it proposed
    /// it to its cluster. "request timed out", "leader changed" and a broken connection say no such thing. Source: etcd's
    /// interceptor of unary calls (no leader) and processInternalRaftRequestOnce.
    /// </summary>
    public static bool IsCertainlyNotDone(GrpcException error) =>
        error.NeverSent || IsTokenRefused(error)
        || (error.StatusCode == GrpcStatusCode.Unavailable && error.Message == "etcdserver: no leader")
        || Says(error, "too many requests") || Says(error, "raft proposal dropped");

    /// <summary>Another member, or the same one later, may well answer.</summary>
    public static bool IsTransient(GrpcException error) =>
        error.StatusCode is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Cancelled
        || Says(error, "not leader") || Says(error, "too many requests") || Says(error, "raft proposal dropped");

    private static StoreError Classify(GrpcException error) => error.StatusCode switch
    {
        GrpcStatusCode.OutOfRange when Says(error, "compacted") => StoreError.Compacted,
        GrpcStatusCode.OutOfRange when Says(error, "future revision") => StoreError.FutureRevision,
        GrpcStatusCode.ResourceExhausted when Says(error, "space exceeded") => StoreError.NoSpace,
        GrpcStatusCode.InvalidArgument when Says(error, "too large") || Says(error, "too many operations") => StoreError.TooLarge,
        GrpcStatusCode.ResourceExhausted when Says(error, "larger than") => StoreError.TooLarge,
        GrpcStatusCode.NotFound when Says(error, "lease not found") => StoreError.LeaseNotFound,
        GrpcStatusCode.PermissionDenied => StoreError.ReadOnly,
        GrpcStatusCode.DataLoss => StoreError.Corrupt,
        _ => StoreError.Unavailable,
    };

    private static bool Says(GrpcException error, string words) => error.Message.Contains(words, StringComparison.Ordinal);
}
