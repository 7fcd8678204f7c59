using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What clients are told when the store refuses: the one place that turns its errors into Status.</summary>
internal static class StoreFailures
{
    /// <summary>RFC 4918; Kubernetes says 500 here, which clients cannot tell from a fault of the server.</summary>
    private const int InsufficientStorage = 507;

    private const string DeleteOption = "ignoreStoreReadErrorWithClusterBreakingPotential";

    public static bool IsNoSpace(ApiException error) => error.Code == InsufficientStorage;

    public static bool IsUnreadable(ApiException error) => error.Reason == StatusReason.StorageReadError;

    /// <summary>
    /// An object that is there and cannot be read. Whoever asks for it, or for a list that would hold it, is told so: to leave it out
    /// would be to say that it is not there. Kubernetes' reason and causes (KEP-3926).
    /// </summary>
    public static ApiException Unreadable(ResourceDefinition definition, string path, string fault) => ApiErrors.Make(
        500,
        StatusReason.StorageReadError,
        $"{definition.Resource.QualifiedResource} \"{path}\" cannot be read from the store: {fault}; an administrator can delete it with {DeleteOption}",
        new()
        {
            Group = definition.Resource.Group.Length == 0 ? null : definition.Resource.Group,
            Kind = definition.Resource.Resource,
            Name = path[(path.IndexOf('/') + 1)..],
            Causes = [new() { Reason = "UnexpectedServerResponse", Message = fault, Field = definition.KeyPrefix + path }],
        });

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
        StoreError.Corrupt => ApiErrors.Make(500, StatusReason.StorageReadError, error.Message, null),
        StoreError.Unavailable or StoreError.LeaseNotFound => ApiErrors.Unavailable($"the store did not answer: {error.Message}"),
        _ => ApiErrors.Internal(error.Message),
    };
}
