using System.CommandLine;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Cli.Cluster;
using Orchestrator.Client;
using Orchestrator.Proxy;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc proxy rules</c>: the Service rules as a script for nft, as a node's proxy would write them.</summary>
internal static class ProxyRulesCommand
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var node = new Option<string>("--node-name") { Description = "As seen from this node (default: from no node)", DefaultValueFactory = _ => "" };
        var clusterCidr = new Option<string?>("--cluster-cidr") { Description = "Range of pod addresses" };
        var command = new Command("rules", "Print the rules for all Services as text") { node, clusterCidr };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var services = await connection.Client.ListAsync<Service>(null, new ListOptions(), cancellationToken);
            var slices = await connection.Client.ListAsync<EndpointSlice>(null, new ListOptions(), cancellationToken);
            var name = parsed.GetValue(node)!;
            var zone = name.Length == 0
                ? ""
                : (await connection.Client.GetAsync<Node>(null, name, cancellationToken)).Metadata.Labels?.GetValueOrDefault(ZoneLabel) ?? "";
            var options = new ProxyOptions
            {
                NodeName = name,
                PodRange = parsed.GetValue(clusterCidr) is { } range ? Addresses.ParseRange(range, "--cluster-cidr") : null,
            };
            Console.Out.Write(ProxyRules.Render(services.Items, slices.Items, options, new ProxyTopology(name, zone)));
            return ExitCode.Ok;
        });
        return command;
    }
}
