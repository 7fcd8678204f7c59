namespace Orchestrator.ApiServer.Hosting;

/// <summary>
/// Work right after the server listens, such as creating the bootstrap roles. /readyz waits for it. Several servers may run it at
/// once over one store: it must be idempotent.
/// </summary>
public interface IStartupTask
{
    /// <summary>Shown by /readyz?verbose, e.g. "rbac/bootstrap-roles".</summary>
    string Name { get; }

    Task RunAsync(IApiServer server, CancellationToken cancellationToken);
}
