using System.CommandLine;
using Orchestrator.Cli.Components;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary>The node agent's own command line: <c>orc node</c> with all its parts, <c>orc kubelet</c> without proxy and DNS.</summary>
internal static class NodeAgentCommand
{
    public static Command Create() => Create("node", "Run a node's agent (kubelet, proxy, DNS), or work on the nodes of a lab", withServices: true);

    public static Command CreateKubelet() => Create("kubelet", "Run the kubelet with its container runtime alone", withServices: false);

    private static Command Create(string verb, string description, bool withServices)
    {
        var component = new ComponentOptions();
        var name = new Option<string>("--name") { Description = "Name of the node", Required = true };
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "How to reach the API server as this node", Required = true };
        var address = new Option<string>("--address") { Description = "The node's address", Required = true };
        var podCidr = new Option<string?>("--pod-cidr") { Description = "Range of this node's pods (default: the cluster gives one)" };
        var clusterCidr = new Option<string>("--cluster-cidr") { Description = "Range of all pod addresses", DefaultValueFactory = _ => "10.244.0.0/16" };
        var serviceCidr = new Option<string>("--service-cidr") { Description = "Range of ClusterIPs", DefaultValueFactory = _ => "10.96.0.0/16" };
        var clusterDns = new Option<string>("--cluster-dns") { Description = "ClusterIP of the DNS Service", DefaultValueFactory = _ => "10.96.0.10" };
        var dataDirectory = new Option<string>("--data-dir") { Description = "The node's own state", DefaultValueFactory = _ => $"{LabPaths.DefaultDataDirectory}/node" };
        var runDirectory = new Option<string>("--run-dir") { Description = "What need not survive a reboot", DefaultValueFactory = _ => "/run/orchestrator/node" };
        var imageDirectory = new Option<string>("--image-dir") { Description = "Images and layers; may be shared by nodes of one machine", DefaultValueFactory = _ => $"{LabPaths.DefaultDataDirectory}/images" };
        var pkiDirectory = new Option<string>("--pki-dir") { Description = "Holds ca.crt and the node's serving certificate", DefaultValueFactory = _ => $"{LabPaths.DefaultDataDirectory}/pki" };
        var cgroup = new Option<string>("--cgroup") { Description = "Cgroup of the node, e.g. lab/node1", DefaultValueFactory = _ => "" };
        var cpu = new Option<double?>("--cpu") { Description = "CPUs of the node (default: the machine's)" };
        var memory = new Option<string?>("--memory") { Description = "Memory of the node, e.g. 2Gi (default: the machine's)" };
        var labels = new Option<string[]>("--label") { Description = "KEY=VALUE label of the node; may be repeated" };
        var renew = new Option<string>("--lease-renew-interval") { Description = "Time between heartbeats", DefaultValueFactory = _ => "10s" };
        var command = new Command(verb, description)
        {
            name, kubeconfig, address, podCidr, clusterCidr, serviceCidr, clusterDns, dataDirectory, runDirectory, imageDirectory, pkiDirectory, cgroup, cpu, memory, labels, renew,
        };
        component.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new NodeAgentOptions
            {
                Name = parsed.GetValue(name)!,
                Kubeconfig = parsed.GetValue(kubeconfig)!,
                Address = Addresses.Parse(parsed.GetValue(address)!, "--address"),
                PodCidr = parsed.GetValue(podCidr) is { } range ? Addresses.ParseRange(range, "--pod-cidr") : null,
                ClusterCidr = Addresses.ParseRange(parsed.GetValue(clusterCidr)!, "--cluster-cidr"),
                ServiceCidr = Addresses.ParseRange(parsed.GetValue(serviceCidr)!, "--service-cidr"),
                ClusterDns = Addresses.Parse(parsed.GetValue(clusterDns)!, "--cluster-dns"),
                DataDirectory = Path.GetFullPath(parsed.GetValue(dataDirectory)!),
                RunDirectory = Path.GetFullPath(parsed.GetValue(runDirectory)!),
                ImageDirectory = Path.GetFullPath(parsed.GetValue(imageDirectory)!),
                PkiDirectory = Path.GetFullPath(parsed.GetValue(pkiDirectory)!),
                Cgroup = parsed.GetValue(cgroup)!.Trim('/'),
                Cpus = parsed.GetValue(cpu),
                MemoryBytes = parsed.GetValue(memory) is { } size ? Sizes.ParseBytes(size) : null,
                Labels = (parsed.GetValue(labels) ?? []).Select(ParseLabel).ToDictionary(),
                LeaseRenewInterval = Durations.Parse(parsed.GetValue(renew)!),
                WithServices = withServices,
            };
            return ComponentHost.RunAsync(options.Name, component.Read(parsed), (context, token) => new NodeAgent(options, context).RunAsync(token), cancellationToken);
        });
        return command;
    }

    private static KeyValuePair<string, string> ParseLabel(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new UserException($"--label: '{text}' is not of the form KEY=VALUE", ExitCode.Usage);
}
