using Orchestrator.Api;
using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// A resource that is computed rather than stored, such as the lenses of group lab.orc.dev: authorized, discovered and routed like
/// any other, answered by its own code. Called concurrently.
/// </summary>
public interface IVirtualResource
{
    /// <summary>Group, version, kind, plural and scope.</summary>
    ResourceAttribute Names { get; }

    IReadOnlyList<string> Verbs { get; }

    /// <summary>Writes the whole response. Authorization has passed; the verb is one of <see cref="Verbs"/>.</summary>
    Task HandleAsync(RequestContext context, CancellationToken cancellationToken);
}
