using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;
using Orchestrator.Client.Informers;

namespace Orchestrator.Cli.Commands;

/// <summary>The common form of components that are clients of an API server and nothing else.</summary>
internal static class ClientComponent
{
    /// <summary>Makes what the component runs, from its own options; called once the log is open.</summary>
    public delegate Func<CancellationToken, Task> Factory(
        ParseResult parsed, ApiClient client, InformerFactory informers, string identity, ComponentContext context);

    public static Command Create(string name, string description, IReadOnlyList<Option> options, Factory factory)
    {
        var component = new ComponentOptions();
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the API server (default: $KUBECONFIG, else ~/.kube/config)" };
        var command = new Command(name, description) { kubeconfig };
        foreach (var option in options)
            command.Options.Add(option);
        component.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ComponentHost.RunAsync(name, component.Read(parsed), async (context, token) =>
        {
            using var client = new ApiClient(
                Kubeconfig.Load(parsed.GetValue(kubeconfig), Environment.GetEnvironmentVariable).ToClientOptions(name), context.Time);
            var informers = new InformerFactory(client, InformerOptions.Default, context.Time, context.NewRandom(), context.Loggers);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
            var run = factory(parsed, client, informers, $"{Environment.MachineName}-{Environment.ProcessId}", context);
            List<Task> parts = [run(stop.Token), informers.RunAsync(stop.Token)];
            context.Notify.Ready("running");
            await Parts.RunTogetherAsync(parts, stop);
        }, cancellationToken));
        return command;
    }
}
