using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>kube-system/extension-apiserver-authentication: tells other servers by which authority to know this cluster's clients.</summary>
internal sealed class AuthenticationConfigMap(string authorityPem) : IStartupTask
{
    private const string Key = "client-ca-file";

    public string Name => "start-cluster-authentication-info-controller";

    public Task RunAsync(IApiServer server, CancellationToken cancellationToken) => Ensure.IsAsync(
        server,
        new ConfigMap
        {
            Metadata = new() { Name = "extension-apiserver-authentication", Namespace = "kube-system" },
            Data = new Dictionary<string, string> { [Key] = authorityPem },
        },
        existing => existing.Data?.GetValueOrDefault(Key) == authorityPem
            ? existing
            : existing with { Data = new Dictionary<string, string>(existing.Data ?? new Dictionary<string, string>()) { [Key] = authorityPem } },
        cancellationToken);
}
