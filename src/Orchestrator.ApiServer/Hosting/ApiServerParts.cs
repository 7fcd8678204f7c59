using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>What a server is composed of besides its machinery. Each list is asked in order.</summary>
public sealed record ApiServerParts
{
    public required IReadOnlyList<ResourceDefinition> Resources { get; init; }

    public IReadOnlyList<IAuthenticator> Authenticators { get; init; } = [];

    public IReadOnlyList<IAuthorizer> Authorizers { get; init; } = [];

    public IReadOnlyList<IMutatingAdmission> MutatingAdmission { get; init; } = [];

    public IReadOnlyList<IValidatingAdmission> ValidatingAdmission { get; init; } = [];

    /// <summary>Computed resources besides the server's own (causes, scheduling traces).</summary>
    public IReadOnlyList<IVirtualResource> VirtualResources { get; init; } = [];

    public IReadOnlyList<IPathHandler> Paths { get; init; } = [];

    public IReadOnlyList<IStartupTask> StartupTasks { get; init; } = [];

    public IAuditLog? Audit { get; init; }
}

/// <summary>
/// Composes the parts of a server. Parts keep the server they are given; its members may be used once it runs, not within this call.
/// </summary>
public delegate ApiServerParts ApiServerComposition(IApiServer server);
