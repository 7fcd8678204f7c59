using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What clients are told when the store refuses: the one place that turns its errors into Status.</summary>
internal static class StoreFailures
{
    /// <summary>RFC 4918; Kubernetes says 500 here, which clients cannot tell from a fault of the server.</summary>
    private const int InsufficientStorage = 507;

    public static bool IsNoSpace(ApiException error) => error.Code == InsufficientStorage;

    /// <summary>What the writer is told. Where the store cannot say whether the write was done, that must not look like a refusal.</summary>
    public static ApiException ToApiForWrite(StoreException error) => error is { Error: StoreError.Unavailable, IsCertainlyNotDone: false }
        ? ApiErrors.Make(504, StatusReason.Timeout, $"the store did not answer, and the write may have been done: {error.Message}", null)
        : ToApi(error);

    public static ApiException ToApi(StoreException error) => error.Error switch
    {
        StoreError.Compacted => ApiErrors.Expired("The resourceVersion for the provided request is too old."),
        StoreError.FutureRevision => ApiErrors.Make(504, StatusReason.Timeout, "Timeout: Too large resource version", new() { RetryAfterSeconds = 1 }),
        StoreError.TooLarge => ApiErrors.TooLarge("Request entity too large: limit is 1.5 MiB for a stored object"),
        StoreError.NoSpace => ApiErrors.Make(InsufficientStorage, StatusReason.InternalError, $"the store has no room left: {error.Message}", null),
        StoreError.ReadOnly => ApiErrors.Make(500, StatusReason.InternalError, $"the store is read-only: {error.Message}", null),
        StoreError.Unavailable or StoreError.LeaseNotFound => ApiErrors.Unavailable($"the store did not answer: {error.Message}"),
        _ => ApiErrors.Internal(error.Message),
    };
}
