using System.CommandLine;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr</c>: containers of this machine alone. Needs no cluster and leaves no daemon behind.</summary>
internal static class ContainerCommand
{
    public static Command Create() => new("ctr", "Run containers on this machine, without a cluster")
    {
        ContainerRunCommand.Create(),
        ContainerListCommand.Create(),
        ContainerLogsCommand.Create(),
        ContainerExecCommand.Create(),
        ContainerStopCommand.Create(),
        ContainerRemoveCommand.Create(),
        ContainerInspectCommand.Create(),
        ContainerStatisticsCommand.Create(),
        ContainerBenchCommand.Create(),
    };

    public static Argument<string> NameArgument() => new("container") { Description = "Name, or the first digits of the id" };

    public static Argument<string[]> NamesArgument() =>
        new("container") { Description = "Name, or the first digits of the id", Arity = ArgumentArity.OneOrMore };
}
