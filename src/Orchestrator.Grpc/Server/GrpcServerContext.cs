using Microsoft.AspNetCore.Http;

namespace Orchestrator.Grpc.Server;

/// <summary>One call as its handler sees it.</summary>
/// <param name="httpContext">The HTTP exchange, for metadata, the peer and its certificate.</param>
/// <param name="cancellationToken">Ends with the deadline, or when the client went away.</param>
public sealed class GrpcServerContext(HttpContext httpContext, CancellationToken cancellationToken)
{
    public HttpContext HttpContext { get; } = httpContext;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The value of a metadata entry, or null.</summary>
    public string? GetMetadata(string name) => HttpContext.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
