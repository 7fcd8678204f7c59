using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Components;

// First of all: once the console was used, the runtime holds copies of the descriptors it found, and whoever waits for the end of
// our caller's output would wait for this process.
ComponentOptions.DetachIfAsked(args);

var root = new RootCommand("Orchestrator: a small, complete Kubernetes. 'orc up' brings up a cluster of real nodes on this machine.")
{
    UpCommand.Create(),
    DownCommand.Create(),
    StatusCommand.Create(),
    NodeCommand.Create(),
    GetCommand.Create(),
    ApplyCommand.Create(),
    DeleteCommand.Create(),
    LogsCommand.Create(),
    ExecCommand.Create(),
    WhyCommand.Create(),
    ExplainSchedulingCommand.Create(),
    ImageCommand.Create(),
    ContainerCommand.Create(),
    StoreCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    EncryptionCommand.Create(),
    ApiServerCommand.Create(),
    SchedulerCommand.Create(),
    ControllerManagerCommand.Create(),
    ControlPlaneCommand.Create(),
    NodeAgentCommand.CreateKubelet(),
    ProxyCommand.Create(),
    DnsCommand.Create(),
    CompletionCommand.Create(),
};

return await CommandRunner.RunAsync(root, args);
