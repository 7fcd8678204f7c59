using System.CommandLine;
using Orchestrator.Cli.Lab;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc up</c>: starts a lab, or what of it is not running.</summary>
internal static class UpCommand
{
    private const int MaxNodes = 200;

    public static Command Create()
    {
        var lab = new LabOptions();
        var nodes = new Option<int?>("--nodes") { Description = "Number of nodes (default 3; an existing lab keeps its own)" };
        var store = new Option<string?>("--store") { Description = "sqlite (default), etcd (started and kept by the lab) or endpoints such as https://10.0.0.1:2379" };
        var servers = new Option<int?>("--servers") { Description = "Number of control planes: 1 (default), 3, 5 or 7, over an etcd; with --store etcd as many members" };
        var access = new EtcdAccessOptionSet();
        var history = new HistoryOptionSet();
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig to merge the context into (default: $KUBECONFIG, else ~/.kube/config)" };
        var cpu = new Option<double?>("--node-cpu") { Description = "CPUs of each node (default: the machine's)" };
        var memory = new Option<string?>("--node-memory") { Description = "Memory of each node, e.g. 2Gi (default: the machine's)" };
        var wait = new Option<string>("--wait") { Description = "How long to wait until all is ready, e.g. 60s or 2m", DefaultValueFactory = _ => "60s" };
        var command = new Command("up", "Start a lab cluster on this machine, or what of it is not running") { nodes, servers, store, kubeconfig, cpu, memory, wait };
        access.AddTo(command);
        history.AddTo(command);
        lab.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var time = TimeProvider.System;
            var began = time.GetTimestamp();
            var paths = lab.Paths(parsed);
            var program = Environment.ProcessPath!;
            LabPreflight.Check(Path.Combine(Path.GetDirectoryName(program)!, "orc-shim"));
            var request = new LabRequest(
                parsed.GetValue(nodes), parsed.GetValue(servers), parsed.GetValue(store), access.Read(parsed), history.Read(parsed), Kubeconfig.PathToWrite(parsed.GetValue(kubeconfig), Environment.GetEnvironmentVariable),
                parsed.GetValue(cpu), parsed.GetValue(memory) is { } size ? Sizes.ParseBytes(size) : null);
            LabPreflight.RequireWritable(paths.DataDirectory, "--data-dir or ORC_DATA_DIR");
            LabPreflight.RequireWritable(Path.GetDirectoryName(Path.GetFullPath(request.Kubeconfig))!, "--kubeconfig or KUBECONFIG");
            if (request.Nodes is < 1 or > MaxNodes)
                throw new UserException($"--nodes must be from 1 to {MaxNodes}", ExitCode.Usage);
            if (request.Servers is not (null or 1 or 3 or 5 or 7))
                throw new UserException("--servers must be 1, 3, 5 or 7: an even number survives no more failures than the odd one below it", ExitCode.Usage);
            var definition = LabPlanner.Plan(paths, request);
            if (definition.Etcd is not null)
                LabEtcd.FindProgram();
            definition.Save(paths);
            var limit = Durations.Parse(parsed.GetValue(wait)!);
            await new LabStarter(paths, definition, program, time, text => Progress(time, began, text)).StartAsync(null, limit, cancellationToken);
            await ClusterDnsCheck.WaitAsync(definition, limit - time.GetElapsedTime(began), time, cancellationToken);
            Console.Out.WriteLine($"Lab '{definition.Name}' is ready: {definition.Nodes.Count} node{(definition.Nodes.Count == 1 ? "" : "s")} in {time.GetElapsedTime(began).TotalSeconds:0.0} s.");
            Console.Out.WriteLine($"kubectl context: {definition.ContextName} (in {definition.Kubeconfig})");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Progress(TimeProvider time, long began, string text) =>
        Console.Error.WriteLine($"  {time.GetElapsedTime(began).TotalSeconds,5:0.00} s  {text}");
}
