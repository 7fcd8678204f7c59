using System.CommandLine;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc store</c>: work on stores that no server uses.</summary>
internal static class StoreCommand
{
    public static Command Create() => new("store", "Work on a cluster's store") { StoreCopyCommand.Create(), StoreCheckCommand.Create() };
}
