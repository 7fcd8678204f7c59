using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Network.Lab;

namespace Orchestrator.Network.Pods;

/// <param name="StateDirectory">Keeps leases over restarts.</param>
public sealed record BridgePodNetworkOptions(string StateDirectory)
{
    public string Bridge { get; init; } = "orc0";

    /// <summary>The network namespace of the node; null for the calling thread's.</summary>
    public string? NodeNamespacePath { get; init; }
}

/// <summary>
/// The built-in pod network. Pods hang on a bridge in the node's network namespace whose address, the first of the node's pod
/// range, is their gateway. A pod has a /32 address, so all it sends passes the node's IP layer, also to a pod beside it:
/// translated Service connections then find their way back without bridge filtering, and a pod reaches itself
/// through its own Service without hairpin ports.
/// </summary>
/// <remarks>Safe for concurrent use. An attach blocks its thread for one to two milliseconds, most of it the kernel's.</remarks>
public sealed partial class BridgePodNetwork : IPodNetwork, IDisposable
{
    private const string PodInterface = "eth0";
    private const int LoopbackIndex = 1;

    private readonly Lock _bridgeGate = new();
    private readonly BridgePodNetworkOptions _options;
    private readonly ILogger<BridgePodNetwork> _logger;
    private readonly PodLeaseStore _leases;
    private readonly RouteNetlink _node;
    private readonly KernelNftables _nftables;
    private readonly HostPortRules _hostPorts;
    private volatile PodBridge? _bridge;

    public BridgePodNetwork(BridgePodNetworkOptions options, ILogger<BridgePodNetwork> logger)
    {
        _options = options;
        _logger = logger;
        _leases = new PodLeaseStore(options.StateDirectory);
        _node = options.NodeNamespacePath is { } path ? RouteNetlink.Open(path) : RouteNetlink.Open();
        _nftables = options.NodeNamespacePath is { } same ? KernelNftables.Open(same) : KernelNftables.Open();
        _hostPorts = new HostPortRules(_nftables, options.Bridge);
    }

    public PodNetworkStatus Status => _bridge is null
        ? new PodNetworkStatus(false, "NoPodCIDR", "The node has no pod address range yet.")
        : new PodNetworkStatus(true);

    /// <summary>Brings up the bridge for this range, the node's PodCIDR. The same range again does nothing.</summary>
    /// <exception cref="LinuxException">The kernel refused; the network is not ready.</exception>
    public void UsePodRange(IPNetwork range)
    {
        lock (_bridgeGate)
        {
            if (_bridge is { } present && present.Range.Equals(range))
                return;
            var gateway = LabSubnets.Offset(range.BaseAddress, 1);
            if (_node.FindLink(_options.Bridge) is null)
                _node.CreateLink(new BridgeSpec(_options.Bridge) { Address = HardwareAddress.Of(gateway) });
            var link = _node.GetLink(_options.Bridge);
            foreach (var other in _node.ListAddresses().Where(other => other.LinkIndex == link.Index && !other.Address.Equals(gateway)))
                _node.DeleteAddress(other);
            _node.ReplaceAddress(new LinkAddress(link.Index, gateway, range.PrefixLength));
            _node.ChangeLink(link.Index, new LinkChange { Up = true, NoLinkLocalAddress = true });
            InNode(() => ApplyBridgeSettings(_options.Bridge));
            _leases.UseRange(range);
            _hostPorts.Reset(_leases.List());
            _bridge = new PodBridge(link.Index, gateway, range);
            LogReady(_options.Bridge, range);
        }
    }

    public ValueTask<PodNetworkAttachment> AttachAsync(PodNetworkRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bridge = _bridge ?? throw new PodNetworkException("The node has no pod address range yet.");
        var known = _leases.Find(request.SandboxId);
        var lease = known ?? _leases.Acquire(request, LinkNameOf(request.SandboxId));
        try
        {
            if (known is null || _node.FindLink(lease.HostInterface) is null)
            {
                Connect(bridge, lease, request.NetworkNamespacePath);
                if (lease.Ports.Count > 0)
                    _hostPorts.Add(lease);
            }
            return ValueTask.FromResult(ToAttachment(lease));
        }
        catch (LinuxException exception)
        {
            Abandon(lease);
            throw new PodNetworkException($"Attaching sandbox {request.SandboxId} to {_options.Bridge} failed: {exception.Message}", exception);
        }
    }

    public ValueTask DetachAsync(string sandboxId, CancellationToken cancellationToken)
    {
        if (_leases.Find(sandboxId) is { } lease)
        {
            try
            {
                _node.DeleteLink(lease.HostInterface);
                if (lease.Ports.Count > 0)
                    RemoveHostPorts(lease);
            }
            catch (LinuxException exception)
            {
                throw new PodNetworkException($"Detaching sandbox {sandboxId} failed: {exception.Message}", exception);
            }
            _leases.Release(sandboxId);
        }
        return ValueTask.CompletedTask;
    }

    public PodNetworkAttachment? Find(string sandboxId) => _leases.Find(sandboxId) is { } lease ? ToAttachment(lease) : null;

    /// <summary>Sandboxes that hold an address; the caller detaches those it no longer knows.</summary>
    public IReadOnlyList<string> ListSandboxes() => [.. _leases.List().Select(lease => lease.SandboxId)];

    public void Dispose()
    {
        _node.Dispose();
        _nftables.Dispose();
    }

    private void Connect(PodBridge bridge, PodLease lease, string namespacePath)
    {
        using var handle = NetworkNamespace.Open(namespacePath);
        var address = IPAddress.Parse(lease.Address);
        var spec = new VethSpec(lease.HostInterface, PodInterface)
        {
            PeerNamespace = handle, PeerAddress = HardwareAddress.Of(address), MasterIndex = bridge.LinkIndex, Up = true,
        };
        // A link of that name is left over from an attach that was cut short.
        _node.DeleteLink(lease.HostInterface);
        _node.CreateLink(spec);
        ConfigurePod(handle, bridge, address);
    }

    private static void ConfigurePod(SafeFileHandle handle, PodBridge bridge, IPAddress address)
    {
        using var pod = RouteNetlink.Open(handle);
        pod.ChangeLink(LoopbackIndex, new LinkChange { Up = true });
        var link = pod.GetLink(PodInterface).Index;
        pod.ReplaceAddress(new LinkAddress(link, address, 32));
        pod.ChangeLink(link, new LinkChange { Up = true, NoLinkLocalAddress = true });
        pod.ReplaceRoute(new IpRoute(new IPNetwork(bridge.Gateway, 32)) { LinkIndex = link, Scope = RouteScope.Link, PreferredSource = address });
        pod.ReplaceRoute(new IpRoute(new IPNetwork(IPAddress.Any, 0)) { LinkIndex = link, Gateway = bridge.Gateway, PreferredSource = address });
    }

    /// <summary>After a failed attach nothing stays behind; a failure here is logged, the first one is what the caller learns.</summary>
    private void Abandon(PodLease lease)
    {
        try
        {
            _node.DeleteLink(lease.HostInterface);
            _leases.Release(lease.SandboxId);
        }
        catch (Exception exception) when (exception is LinuxException or IOException)
        {
            LogAbandonFailed(exception, lease.SandboxId);
        }
    }

    /// <summary>Rules that were lost with the namespace, or never made, are rebuilt from the leases without this one.</summary>
    private void RemoveHostPorts(PodLease lease)
    {
        try
        {
            _hostPorts.Remove(lease);
        }
        catch (LinuxException exception) when (exception.ErrorNumber == Errno.ENOENT)
        {
            _hostPorts.Reset(_leases.List().Where(other => other.SandboxId != lease.SandboxId));
        }
    }

    /// <summary>Lets the node's own processes reach host ports on 127.0.0.1; <see cref="HostPortRules"/> guards it.</summary>
    private static void ApplyBridgeSettings(string bridge)
    {
        Sysctl.Write("net/ipv4/ip_forward", "1");
        Sysctl.Write($"net/ipv4/conf/{bridge}/route_localnet", "1");
        Sysctl.Write($"net/ipv4/conf/{bridge}/send_redirects", "0");
    }

    private void InNode(Action work)
    {
        if (_options.NodeNamespacePath is { } path)
            NetworkNamespace.Run(path, work);
        else
            work();
    }

    private static string LinkNameOf(string sandboxId) => $"veth{LabNames.Hash(sandboxId, 10)}";

    private static PodNetworkAttachment ToAttachment(PodLease lease) =>
        new(lease.SandboxId, [IPAddress.Parse(lease.Address)], lease.HostInterface);

    private sealed record PodBridge(int LinkIndex, IPAddress Gateway, IPNetwork Range);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pod network is ready on {Bridge} with {Range}")]
    private partial void LogReady(string bridge, IPNetwork range);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a failed attach of sandbox {SandboxId} left could not be removed")]
    private partial void LogAbandonFailed(Exception exception, string sandboxId);
}
