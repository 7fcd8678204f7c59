using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Registry;

/// <summary>Answers a POST to a create-type subresource, or to a kind that is not stored. Called concurrently.</summary>
public interface ICreateHandler
{
    /// <param name="context">User, server services, names from the path.</param>
    /// <param name="body">The decoded, defaulted and admitted body.</param>
    /// <returns>What is sent back; a Status object where Kubernetes does so.</returns>
    /// <exception cref="Api.Errors.ApiException">The request is refused.</exception>
    ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken);
}

/// <param name="Code">HTTP status: 201 unless said otherwise.</param>
public readonly record struct CreateResult(ApiObject Body, int Code = 201);
