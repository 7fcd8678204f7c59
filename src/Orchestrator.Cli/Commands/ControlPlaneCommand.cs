using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc control-plane</c>: API server, controllers, scheduler and the host's proxy in one process.</summary>
internal static class ControlPlaneCommand
{
    public static Command Create()
    {
        var component = new ComponentOptions();
        var server = new ApiServerOptionSet();
        var clusterCidr = new Option<string>("--cluster-cidr") { Description = "Range of pod addresses", DefaultValueFactory = _ => "10.244.0.0/16" };
        var clusterDns = new Option<string>("--cluster-dns") { Description = "ClusterIP of the DNS Service", DefaultValueFactory = _ => "10.96.0.10" };
        var grace = new Option<string>("--node-monitor-grace-period") { Description = "Silence after which a node is not ready", DefaultValueFactory = _ => "40s" };
        var name = new Option<string?>("--name") { Description = "Name of this control plane, the same over restarts and unlike any other's" };
        var lease = new Option<string>("--leader-lease-duration") { Description = "How long the leader may be silent before another scheduler or controller manager takes over", DefaultValueFactory = _ => "15s" };
        var hostProxy = new Option<string?>("--host-proxy-table") { Description = "Keep Service rules for this host in this nftables table" };
        var command = new Command("control-plane", "Run API server, controllers and scheduler in one process") { name, clusterCidr, clusterDns, grace, lease, hostProxy };
        server.AddTo(command);
        component.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new ControlPlaneOptions
            {
                ApiServer = server.Read(parsed),
                ClusterCidr = Addresses.ParseRange(parsed.GetValue(clusterCidr)!, "--cluster-cidr"),
                ClusterDns = Addresses.Parse(parsed.GetValue(clusterDns)!, "--cluster-dns"),
                NodeMonitorGracePeriod = Durations.Parse(parsed.GetValue(grace)!),
                HostProxyTable = parsed.GetValue(hostProxy),
                // A name that only one process can have gives its Leases back at once after a crash.
                Identity = parsed.GetValue(name) is { } own ? $"{Environment.MachineName}-{own}" : $"{Environment.MachineName}-{Environment.ProcessId}",
                LeaderLeaseDuration = Durations.Parse(parsed.GetValue(lease)!),
            };
            return ComponentHost.RunAsync(
                parsed.GetValue(name) ?? LabComponents.ControlPlaneName, component.Read(parsed), (context, token) => new ControlPlane(options, context).RunAsync(token), cancellationToken);
        });
        return command;
    }
}
