using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>What handlers, strategies and admission may use of the running server. Thread-safe.</summary>
public interface IApiServer
{
    ApiServerOptions Options { get; }

    ResourceRegistry Resources { get; }

    IRegistryReader Reader { get; }

    IRegistryWriter Writer { get; }

    /// <summary>All authorizers in order, as one.</summary>
    IAuthorizer Authorizer { get; }

    IKeyValueStore Store { get; }

    TimeProvider Time { get; }
}
