using System.CommandLine;
using Microsoft.Extensions.Logging;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc proxy</c>: the service proxy alone, for the network namespace it is started in.</summary>
internal static class ProxyCommand
{
    public static Command Create()
    {
        var node = new Option<string>("--node-name") { Description = "The node whose pods are local; left out on a machine that is no node", DefaultValueFactory = _ => "" };
        var clusterCidr = new Option<string?>("--cluster-cidr") { Description = "Range of pod addresses" };
        var table = new Option<string>("--table") { Description = "Name of the nftables table", DefaultValueFactory = _ => new ProxyOptions().TableName };
        var command = ClientComponent.Create("proxy", "Run the service proxy alone", [node, clusterCidr, table], (parsed, _, informers, _, context) => async token =>
        {
            using var nftables = KernelNftables.Open();
            using var conntrack = Conntrack.Open();
            var options = new ProxyOptions
            {
                NodeName = parsed.GetValue(node)!,
                TableName = parsed.GetValue(table)!,
                PodRange = parsed.GetValue(clusterCidr) is { } range ? Addresses.ParseRange(range, "--cluster-cidr") : null,
            };
            using var proxier = new Proxier(options, informers, nftables, conntrack, context.Time, context.Loggers.CreateLogger<Proxier>());
            await proxier.RunAsync(token);
        });
        command.Subcommands.Add(ProxyRulesCommand.Create());
        return command;
    }
}
