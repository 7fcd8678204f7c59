namespace Orchestrator.Grpc.Client;

/// <summary>What one call carries besides its message.</summary>
/// <param name="Timeout">After this long the call ends with <see cref="GrpcStatusCode.DeadlineExceeded"/>; the server is told too.</param>
/// <param name="Metadata">Headers to send; lower-case names.</param>
public readonly record struct GrpcCallOptions(
    TimeSpan? Timeout = null, IReadOnlyList<KeyValuePair<string, string>>? Metadata = null, CancellationToken CancellationToken = default);
