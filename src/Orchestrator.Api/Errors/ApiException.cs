using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Errors;

/// <summary>A refusal in the API's own terms: the <see cref="Status"/> that is sent, or was received, over HTTP.</summary>
public sealed class ApiException(Status status, Exception? innerException = null) : Exception(status.Message, innerException)
{
    public Status Status { get; } = status;

    /// <summary>HTTP status code.</summary>
    public int Code => Status.Code ?? 500;

    /// <summary>One of <see cref="StatusReason"/>.</summary>
    public string Reason => Status.Reason ?? "";

    /// <summary>Seconds the client should wait before it tries again, if said.</summary>
    public int? RetryAfterSeconds => Status.Details?.RetryAfterSeconds;

    /// <summary>
    /// Refused because the namespace is being deleted: nothing can be made in it any more, and soon there will be nothing to make it for.
    /// </summary>
    public bool IsNamespaceTerminating
    {
        get
        {
            foreach (var cause in Status.Details?.Causes ?? [])
            {
                if (cause.Reason == StatusCause.NamespaceTerminating)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>The API's machine-readable reasons (metav1.StatusReason).</summary>
public static class StatusReason
{
    public const string Unauthorized = nameof(Unauthorized);
    public const string Forbidden = nameof(Forbidden);
    public const string NotFound = nameof(NotFound);
    public const string AlreadyExists = nameof(AlreadyExists);
    public const string Conflict = nameof(Conflict);
    public const string Gone = nameof(Gone);
    public const string Invalid = nameof(Invalid);
    public const string ServerTimeout = nameof(ServerTimeout);
    public const string Timeout = nameof(Timeout);
    public const string TooManyRequests = nameof(TooManyRequests);
    public const string BadRequest = nameof(BadRequest);
    public const string MethodNotAllowed = nameof(MethodNotAllowed);
    public const string NotAcceptable = nameof(NotAcceptable);
    public const string RequestEntityTooLarge = nameof(RequestEntityTooLarge);
    public const string UnsupportedMediaType = nameof(UnsupportedMediaType);
    public const string InternalError = nameof(InternalError);
    public const string Expired = nameof(Expired);
    public const string ServiceUnavailable = nameof(ServiceUnavailable);

    /// <summary>What lies in the store is no object, or does not open.</summary>
    public const string StorageReadError = nameof(StorageReadError);
}
