using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Lab;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Lab;

/// <summary>What the user asked for; null leaves it to the lab as it is, or to the defaults of a new one.</summary>
internal sealed record LabRequest(
    int? Nodes, int? Servers, string? Store, LabStoreAccess? StoreAccess, LabHistory History, string Kubeconfig, double? NodeCpus, long? NodeMemoryBytes);

/// <summary>Turns a request into a definition: an existing lab's own, or a new one with free ranges.</summary>
internal static class LabPlanner
{
    private const int DefaultNodes = 3;
    private const int FirstPort = 6443;
    private const int FirstEtcdPort = 2379;
    private const long MinNodeMemoryBytes = 128L << 20;
    private const string EtcdStore = "etcd";
    private const int PortsToTry = 100;

    // 10.96.0.10 in the first lab, as in most clusters.
    private const byte DnsHostNumber = 10;

    /// <exception cref="UserException">The request contradicts the lab that is there.</exception>
    public static LabDefinition Plan(LabPaths paths, LabRequest request)
    {
        if (LabDefinition.TryLoad(paths) is { } existing)
            return Check(existing, request) with
            {
                Kubeconfig = Path.GetFullPath(request.Kubeconfig),
                History = new(request.History.Age ?? existing.History?.Age, request.History.Size ?? existing.History?.Size),
            };
        var others = OtherLabs(paths);
        var ranges = LabSubnets.Choose(TakenRanges(others));
        var count = request.Nodes ?? DefaultNodes;
        var store = request.Store ?? "sqlite";
        CheckStore(store, paths);
        CheckSize(request);
        var servers = request.Servers ?? 1;
        if (servers > 1 && !CanBeShared(store))
            throw new UserException($"--servers {servers} needs a store that several API servers can share, and {store} belongs to one: add --store etcd, or the endpoints of an etcd cluster", ExitCode.Usage);
        return new LabDefinition
        {
            Name = paths.Lab,
            Store = store,
            StoreAccess = request.StoreAccess,
            History = request.History,
            Etcd = store == EtcdStore ? NewEtcd(servers, others) : null,
            ServerCount = servers == 1 ? null : servers,
            NodeCidr = ranges.Nodes.ToString(),
            PodCidr = ranges.Pods.ToString(),
            ServiceCidr = ranges.Services.ToString(),
            HostAddress = AddressOf(ranges.Nodes, 1),
            ApiServerPort = FreePort(FirstPort, others, "the API server"),
            DnsAddress = AddressOf(ranges.Services, DnsHostNumber),
            Kubeconfig = Path.GetFullPath(request.Kubeconfig),
            Nodes = [.. Enumerable.Range(1, count).Select(index => NewNode(ranges, index, request.NodeCpus, request.NodeMemoryBytes))],
        };
    }

    /// <summary>A further node for a lab, with the lowest free index.</summary>
    public static LabNodeDefinition NextNode(LabDefinition lab, double? cpus, long? memoryBytes)
    {
        var taken = lab.Nodes.Select(node => node.Index).ToHashSet();
        var index = Enumerable.Range(1, int.MaxValue - 1).First(candidate => !taken.Contains(candidate));
        return NewNode(lab.Ranges, index, cpus, memoryBytes);
    }

    private static LabNodeDefinition NewNode(LabRanges ranges, int index, double? cpus, long? memoryBytes) => new(
        $"node{index}", index, LabSubnets.NodeAddressOf(ranges.Nodes, index).ToString(), LabSubnets.PodRangeOf(ranges.Pods, index).ToString(), cpus, memoryBytes);

    // What the machine routes to now, and what labs that are down at the moment will want again.
    private static List<IPNetwork> TakenRanges(IEnumerable<LabDefinition> others)
    {
        using var netlink = RouteNetlink.Open();
        return
        [
            .. netlink.ListRoutes().Select(route => route.Destination),
            .. others.SelectMany(lab => (IPNetwork[])[lab.Ranges.Nodes, lab.Ranges.Pods, lab.Ranges.Services]),
        ];
    }

    private static void CheckStore(string store, LabPaths paths)
    {
        if (store == EtcdStore)
            return;
        try
        {
            if (StoreOptions.Parse(store, paths.DataDirectory).Engine == StoreEngine.Memory)
                throw new UserException("--store memory would not outlive the control plane: use sqlite or etcd", ExitCode.Usage);
        }
        catch (FormatException exception)
        {
            throw new UserException($"--store: {exception.Message}; or plain etcd, for one that the lab starts itself", ExitCode.Usage);
        }
    }

    private static void CheckSize(LabRequest request)
    {
        if (request.NodeCpus is <= 0)
            throw new UserException("--node-cpu must be more than 0", ExitCode.Usage);
        if (request.NodeMemoryBytes < MinNodeMemoryBytes)
            throw new UserException("--node-memory must be at least 128Mi: the node agent needs some of it", ExitCode.Usage);
    }

    private static bool CanBeShared(string store) => store == EtcdStore || store.StartsWith("http", StringComparison.Ordinal);

    private static List<LabEtcdMember> NewEtcd(int count, List<LabDefinition> others)
    {
        var members = new List<LabEtcdMember>();
        var next = FirstEtcdPort;
        for (var number = 1; number <= count; number++)
        {
            var client = FreePort(next, others, "etcd");
            var peer = FreePort(client + 1, others, "etcd");
            members.Add(new LabEtcdMember(count == 1 ? LabComponents.EtcdName : $"{LabComponents.EtcdName}-{number}", client, peer));
            next = peer + 1;
        }

        return members;
    }

    // The usual port, or the next one that neither this machine nor another lab uses.
    private static int FreePort(int first, IEnumerable<LabDefinition> others, string user)
    {
        var taken = others.SelectMany(lab => (lab.Etcd ?? []).SelectMany(member => (int[])[member.ClientPort, member.PeerPort]).Append(lab.ApiServerPort)).ToHashSet();
        for (var port = first; port < first + PortsToTry; port++)
        {
            if (!taken.Contains(port) && IsFree(port))
                return port;
        }

        throw new UserException($"no free port for {user} between {first} and {first + PortsToTry - 1}");
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false; // In use.
        }
    }

    private static string AddressOf(IPNetwork range, byte number)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        bytes[^1] += number;
        return new IPAddress(bytes).ToString();
    }

    private static LabDefinition Check(LabDefinition existing, LabRequest request)
    {
        if (request.Nodes is { } nodes && nodes != existing.Nodes.Count)
            throw new UserException($"lab '{existing.Name}' has {existing.Nodes.Count} nodes: change that with 'orc node add' or 'orc node remove'");
        if (request.Store is { } store && store != existing.Store)
            throw new UserException($"lab '{existing.Name}' keeps its state in {existing.Store}: its store cannot be changed to {store}");
        if (request.Servers is { } servers && servers != existing.Servers.Count)
            throw new UserException($"lab '{existing.Name}' has {existing.Servers.Count} control plane{(existing.Servers.Count == 1 ? "" : "s")}: that cannot be changed; start over with 'orc down --purge'");
        if (request.NodeCpus is not null || request.NodeMemoryBytes is not null)
            throw new UserException($"lab '{existing.Name}' exists: give --node-cpu and --node-memory to 'orc node add', or start over with 'orc down --purge'");
        return existing;
    }

    private static List<LabDefinition> OtherLabs(LabPaths paths) =>
        Directory.Exists(paths.Labs)
            ? [.. Directory.EnumerateDirectories(paths.Labs)
                .Select(directory => LabDefinition.TryLoad(paths with { Lab = Path.GetFileName(directory) }))
                .OfType<LabDefinition>()]
            : [];
}
