using System.CommandLine;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Cli.Cluster;

/// <summary>The options of every command that talks to a cluster: which kubeconfig, context and namespace.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> kubeconfig = new("--kubeconfig")
    {
        Description = "Kubeconfig file (default: $KUBECONFIG, else ~/.kube/config)",
    };

    private readonly Option<string?> context = new("--context") { Description = "Context of the kubeconfig (default: its current one)" };
    private readonly Option<string?> @namespace = new("--namespace", "-n") { Description = "Namespace (default: the context's)" };

    public void AddTo(Command command)
    {
        command.Options.Add(kubeconfig);
        command.Options.Add(context);
        command.Options.Add(@namespace);
    }

    /// <exception cref="KubeconfigException">There is no kubeconfig, or it names no server.</exception>
    public ClusterConnection Connect(ParseResult parsed)
    {
        var file = Kubeconfig.Load(parsed.GetValue(kubeconfig), Environment.GetEnvironmentVariable);
        var name = parsed.GetValue(context);
        var client = new ApiClient(file.ToClientOptions("cli", name), TimeProvider.System);
        return new ClusterConnection(client, parsed.GetValue(@namespace) ?? file.NamespaceOf(name));
    }
}

/// <summary>An open connection and the namespace to work in.</summary>
internal sealed record ClusterConnection(ApiClient Client, string Namespace) : IDisposable
{
    public void Dispose() => Client.Dispose();
}
