using System.Net;

namespace Orchestrator.Network.Pods;

/// <summary>
/// The leases of a node, one file each, and the allocator over them. What a restart finds on disk is what was given out before it.
/// Safe for concurrent use.
/// </summary>
internal sealed class PodLeaseStore
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly Dictionary<string, PodLease> _leases = [];
    private AddressAllocator? _allocator;

    public PodLeaseStore(string directory)
    {
        _directory = Directory.CreateDirectory(Path.Combine(directory, "leases")).FullName;
        foreach (var path in Directory.EnumerateFiles(_directory, "*.json"))
        {
            if (StateFile.Read(path, PodLeaseJson.Default.PodLease) is { } lease)
                _leases[lease.SandboxId] = lease;
        }
    }

    private string CursorPath => Path.Combine(_directory, "last-address");

    public void UseRange(IPNetwork range)
    {
        lock (_gate)
        {
            var last = StateFile.Read(CursorPath, PodLeaseJson.Default.PodLeaseCursor)?.LastAddress;
            _allocator = new AddressAllocator(range, last is null ? null : IPAddress.Parse(last));
            foreach (var lease in _leases.Values)
                _allocator.Reserve(IPAddress.Parse(lease.Address));
        }
    }

    public IReadOnlyList<PodLease> List()
    {
        lock (_gate)
            return [.. _leases.Values];
    }

    public PodLease? Find(string sandboxId)
    {
        lock (_gate)
            return _leases.GetValueOrDefault(sandboxId);
    }

    /// <summary>The sandbox's lease; a new one is on disk when this returns.</summary>
    /// <exception cref="PodNetworkException">No address is free, or there is no range yet.</exception>
    public PodLease Acquire(PodNetworkRequest request, string hostInterface)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(request.SandboxId, out var known))
                return known;
            if (_allocator is null)
                throw new PodNetworkException("The node has no pod range yet.");
            var address = _allocator.Allocate() ?? throw new PodNetworkException("Every address of the node's pod range is in use.");
            var lease = new PodLease(request.SandboxId, address.ToString(), hostInterface, request.Namespace, request.PodName,
                request.PodUid, [.. request.PortMappings.Select(port =>
                    new PodLeasePort(port.Protocol, port.ContainerPort, port.HostPort, port.HostAddress?.ToString()))]);
            StateFile.Write(CursorPath, new PodLeaseCursor(lease.Address), PodLeaseJson.Default.PodLeaseCursor);
            StateFile.Write(PathOf(request.SandboxId), lease, PodLeaseJson.Default.PodLease);
            _leases.Add(request.SandboxId, lease);
            return lease;
        }
    }

    public void Release(string sandboxId)
    {
        lock (_gate)
        {
            if (!_leases.Remove(sandboxId, out var lease))
                return;
            File.Delete(PathOf(sandboxId));
            _allocator?.Release(IPAddress.Parse(lease.Address));
        }
    }

    private string PathOf(string sandboxId)
    {
        if (sandboxId.Length == 0 || sandboxId.AsSpan().IndexOfAny('/', '\0') >= 0 || sandboxId[0] == '.')
            throw new PodNetworkException($"\"{sandboxId}\" is no sandbox id.");
        return Path.Combine(_directory, sandboxId + ".json");
    }
}
