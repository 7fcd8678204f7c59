using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Registry;

/// <summary>Serves a connect-type subresource (log, exec, attach, portforward, proxy): owns request and response.</summary>
public interface IConnectHandler
{
    /// <summary>
    /// Runs until the stream ends. An <see cref="Api.Errors.ApiException"/> thrown before the response has started becomes its
    /// Status. <see cref="RequestInfo.SubresourcePath"/> holds what follows "/proxy/".
    /// </summary>
    Task ConnectAsync(RequestContext context, CancellationToken cancellationToken);
}
