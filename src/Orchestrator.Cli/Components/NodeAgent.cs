using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;
using Orchestrator.Client.Informers;
using Orchestrator.Dns;
using Orchestrator.Dns.Forwarding;
using Orchestrator.Kubelet;
using Orchestrator.Kubelet.Nodes;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Network.Pods;
using Orchestrator.Proxy;
using Orchestrator.Linux.Netlink;
using Orchestrator.Runtime;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Registry;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Cli.Components;

/// <summary>Settings of a node agent.</summary>
internal sealed record NodeAgentOptions
{
    public required string Name { get; init; }
    public required string Kubeconfig { get; init; }
    public required IPAddress Address { get; init; }

    /// <summary>Range of this node's pods, if fixed beforehand; else the cluster gives one.</summary>
    public IPNetwork? PodCidr { get; init; }

    public required IPNetwork ClusterCidr { get; init; }
    public required IPNetwork ServiceCidr { get; init; }
    public required IPAddress ClusterDns { get; init; }
    public required string DataDirectory { get; init; }
    public required string RunDirectory { get; init; }
    public required string ImageDirectory { get; init; }

    /// <summary>Holds the node's serving certificate and the authority of clients.</summary>
    public required string PkiDirectory { get; init; }

    /// <summary>Cgroup of the node, relative to the hierarchies' roots; empty puts pods below the root.</summary>
    public string Cgroup { get; init; } = "";

    public double? Cpus { get; init; }
    public long? MemoryBytes { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public TimeSpan LeaseRenewInterval { get; init; }

    /// <summary>Whether proxy and DNS run beside the kubelet.</summary>
    public bool WithServices { get; init; } = true;
}

/// <summary>Kubelet, container runtime, pod network, proxy and DNS of one node, in one process and over one set of informers.</summary>
internal sealed class NodeAgent(NodeAgentOptions options, ComponentContext context)
{
    private const int CpuPeriodMicroseconds = 100_000;
    private const int DnsPort = 53;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        EnterCgroup();
        using var client = new ApiClient(Kubeconfig.Load(options.Kubeconfig, _ => null).ToClientOptions($"node/{options.Name}"), context.Time);
        var informers = new InformerFactory(client, InformerOptions.Default, context.Time, context.NewRandom(), context.Loggers);
        using var network = new BridgePodNetwork(
            new BridgePodNetworkOptions(Path.Combine(options.DataDirectory, "network")), context.Loggers.CreateLogger<BridgePodNetwork>());
        var store = new ImageStore(options.ImageDirectory, context.Time);
        using var registries = new RegistryClient(new RegistryOptions(), store.Logins, context.Time);
        var images = new ImageService(store, registries, context.Loggers.CreateLogger<ImageService>());
        using var runtime = await ContainerRuntime.OpenAsync(
            RuntimeOptions(), images, network, context.Time, context.NewRandom(), context.Loggers.CreateLogger<ContainerRuntime>(), cancellationToken);
        await using var kubelet = NewKubelet(client, informers, runtime, images, network);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> parts = [kubelet.RunAsync(stop.Token), AnnounceAsync(kubelet, stop.Token)];
        if (options.WithServices)
            parts.AddRange([RunProxyAsync(informers, stop.Token), RunDnsAsync(informers, stop.Token)]);
        parts.Add(informers.RunAsync(stop.Token));
        await Parts.RunTogetherAsync(parts, stop);
    }

    // Says so when the API has the node as Ready; then waits for the end like the other parts.
    private async Task AnnounceAsync(KubeletHost kubelet, CancellationToken cancellationToken)
    {
        await kubelet.NodeReady.WaitAsync(cancellationToken);
        context.Notify.Ready("Ready");
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
    }

    private async Task RunProxyAsync(InformerFactory informers, CancellationToken cancellationToken)
    {
        using var nftables = KernelNftables.Open();
        using var conntrack = Conntrack.Open();
        using var proxier = new Proxier(
            new ProxyOptions { NodeName = options.Name, PodRange = options.ClusterCidr }, informers, nftables, conntrack, context.Time,
            context.Loggers.CreateLogger<Proxier>());
        await proxier.RunAsync(cancellationToken);
    }

    private async Task RunDnsAsync(InformerFactory informers, CancellationToken cancellationToken)
    {
        var dnsOptions = new DnsOptions
        {
            Listen = [new IPEndPoint(options.Address, DnsPort)],
            OwnRanges = [options.ClusterCidr, options.ServiceCidr],
            Upstreams = ResolverFile.ReadMachine([options.Address, options.ClusterDns]),
        };
        using var dns = new ClusterDns(dnsOptions, informers, context.Time, context.NewRandom(), context.Loggers);
        await dns.RunAsync(cancellationToken);
    }

    private void EnterCgroup()
    {
        if (options.Cgroup.Length == 0)
            return;
        var manager = new CgroupManager(CgroupLayout.Detect());
        var node = manager.Open("/" + options.Cgroup);
        node.Create(CgroupControllers.Container | CgroupControllers.Freezer);
        node.Apply(new CgroupLimits
        {
            CpuPeriodMicroseconds = options.Cpus is null ? null : CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = options.Cpus is { } cpus ? (long)(cpus * CpuPeriodMicroseconds) : null,
            MemoryLimitBytes = options.MemoryBytes,
        });
        var agent = manager.Open($"/{options.Cgroup}/agent");
        agent.Create(CgroupControllers.Container | CgroupControllers.Freezer); // Shims are born here, so a node freezes as a whole.
        agent.Add(Environment.ProcessId);
    }

    private RuntimeOptions RuntimeOptions() => new()
    {
        StateDirectory = Path.Combine(options.RunDirectory, "runtime"),
        WritableDirectory = Path.Combine(options.DataDirectory, "containers"),
        ShimPath = Path.Combine(AppContext.BaseDirectory, "orc-shim"),
    };

    private KubeletHost NewKubelet(ApiClient client, InformerFactory informers, ContainerRuntime runtime, ImageService images, BridgePodNetwork network)
    {
        var directory = options.PkiDirectory;
        var serving = X509Certificate2.CreateFromPemFile(
            Path.Combine(directory, $"node-{options.Name}-serving.crt"), Path.Combine(directory, $"node-{options.Name}-serving.key"));
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(directory, "ca.crt"));
        return new KubeletHost(
            new KubeletOptions
            {
                NodeName = options.Name,
                RootDirectory = Path.Combine(options.DataDirectory, "kubelet"),
                LogDirectory = Path.Combine(options.DataDirectory, "logs"),
                CgroupRoot = options.Cgroup.Length == 0 ? "" : "/" + options.Cgroup,
                NodeIp = options.Address,
                ClusterDns = [options.ClusterDns],
                CpuMillis = options.Cpus is { } cpus ? (long)(cpus * 1000) : null,
                MemoryBytes = options.MemoryBytes,
                NodeLabels = options.Labels,
                PodCidr = options.PodCidr?.ToString(),
                NodeLeaseRenewInterval = options.LeaseRenewInterval,
                Server = new KubeletServerOptions { Address = options.Address, ServingCertificate = serving, ClientAuthorities = authorities },
            },
            new KubeletDependencies
            {
                Client = client,
                Informers = informers,
                Runtime = runtime,
                Images = images,
                PodCidrSink = new PodCidrSink(network),
                Time = context.Time,
                Random = context.NewRandom(),
                Logs = context.Loggers,
            });
    }

    private sealed class PodCidrSink(BridgePodNetwork network) : IPodCidrSink
    {
        public ValueTask SetAsync(IReadOnlyList<string> podCidrs, CancellationToken cancellationToken)
        {
            network.UsePodRange(IPNetwork.Parse(podCidrs[0]));
            return ValueTask.CompletedTask;
        }
    }
}
