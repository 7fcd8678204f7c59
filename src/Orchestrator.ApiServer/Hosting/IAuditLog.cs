using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>Told of every request when its response is complete. Called concurrently; must not block.</summary>
public interface IAuditLog
{
    void RequestCompleted(RequestContext context, int statusCode, TimeSpan duration);
}
