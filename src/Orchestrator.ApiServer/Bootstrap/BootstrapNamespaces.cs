using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>The namespaces every cluster has.</summary>
internal sealed class BootstrapNamespaces : IStartupTask
{
    private static readonly string[] Names = ["kube-system", "kube-public", "kube-node-lease", "default"];

    public string Name => "start-system-namespaces-controller";

    public Task RunAsync(IApiServer server, CancellationToken cancellationToken) =>
        Task.WhenAll(Names.Select(name => Ensure.ExistsAsync(server, new Namespace { Metadata = new() { Name = name } }, cancellationToken)));
}
