using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Client.LeaderElection;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc scheduler</c>: the scheduler alone, against any API server.</summary>
internal static class SchedulerCommand
{
    public static Command Create() => ClientComponent.Create("scheduler", "Run the scheduler alone", [], (_, client, informers, identity, context) =>
        token => SchedulerComponent.RunAsync(client, informers, identity, LeaderElectionOptions.DefaultLeaseDuration, context, token));
}
