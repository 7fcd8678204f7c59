namespace Orchestrator.ApiServer.Http;

/// <summary>Serves a path that is no resource, such as the OIDC discovery documents.</summary>
public interface IPathHandler
{
    /// <summary>E.g. "/openid/v1/jwks". Ends with '/' to serve everything below.</summary>
    string Path { get; }

    /// <summary>Writes the whole response. Authorization has passed.</summary>
    Task HandleAsync(RequestContext context, CancellationToken cancellationToken);
}
