using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc apiserver</c>: the API server alone.</summary>
internal static class ApiServerCommand
{
    private const string ContextName = "orc-apiserver";

    public static Command Create()
    {
        var component = new ComponentOptions();
        var server = new ApiServerOptionSet();
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Write an admin's kubeconfig to this file" };
        var command = new Command("apiserver", "Run the API server alone") { kubeconfig };
        server.AddTo(command);
        component.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = server.Read(parsed);
            return ComponentHost.RunAsync("apiserver", component.Read(parsed), (context, token) => RunAsync(settings, parsed.GetValue(kubeconfig), context, token), cancellationToken);
        });
        return command;
    }

    private static async Task RunAsync(ApiServerSettings settings, string? kubeconfig, ComponentContext context, CancellationToken cancellationToken)
    {
        using var pki = new ClusterPki(settings.PkiDirectory, context.Time);
        await using var server = await ApiServerComponent.StartAsync(settings, pki, context, cancellationToken);
        if (kubeconfig is not null)
            WriteKubeconfig(kubeconfig, new Uri($"https://{server.Host.Endpoints[0]}"), pki);
        await server.Host.Ready.WaitAsync(cancellationToken);
        context.Notify.Ready($"ready at https://{server.Host.Endpoints[0]}");
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
    }

    private static void WriteKubeconfig(string path, Uri url, ClusterPki pki)
    {
        var admin = pki.Admin();
        var file = KubeconfigFile.Load(path);
        file.SetCluster(ContextName, url, pki.Authority.CertificatePem);
        file.SetUser(ContextName, admin.CertificatePem, admin.PrivateKeyPem);
        file.SetContext(ContextName, ContextName, ContextName);
        file.CurrentContext = ContextName;
        file.Save();
    }
}
