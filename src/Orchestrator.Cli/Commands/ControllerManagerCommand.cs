using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Client.Metadata;
using Orchestrator.Controllers;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc controller-manager</c>: the controllers alone, against any API server.</summary>
internal static class ControllerManagerCommand
{
    public static Command Create()
    {
        var clusterCidr = new Option<string>("--cluster-cidr") { Description = "Range of pod addresses", DefaultValueFactory = _ => "10.244.0.0/16" };
        var clusterDns = new Option<string?>("--cluster-dns") { Description = "ClusterIP of the DNS Service; left out: DNS is someone else's" };
        var authority = new Option<string?>("--root-ca-file") { Description = "Authority published to every namespace" };
        var grace = new Option<string>("--node-monitor-grace-period") { Description = "Silence after which a node is not ready", DefaultValueFactory = _ => "40s" };
        return ClientComponent.Create(
            "controller-manager", "Run the controllers alone", [clusterCidr, clusterDns, authority, grace],
            (parsed, client, _, identity, context) =>
            {
                var options = new ControllerManagerOptions
                {
                    LeaderElectionIdentity = identity,
                    ClusterCidr = Addresses.ParseRange(parsed.GetValue(clusterCidr)!, "--cluster-cidr").ToString(),
                    ClusterDnsIp = parsed.GetValue(clusterDns) is { } dns ? Addresses.Parse(dns, "--cluster-dns").ToString() : null,
                    RootCertificateAuthorityPem = parsed.GetValue(authority) is { } file ? File.ReadAllText(file) : null,
                    NodeMonitorGracePeriod = Durations.Parse(parsed.GetValue(grace)!),
                };
                return new ControllerManager(client, writer => new MetadataClient(writer, client.Options.Server), options, context.Time, context.NewRandom(), context.Loggers).RunAsync;
            });
    }
}
