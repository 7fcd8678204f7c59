using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Client.Informers;

namespace Orchestrator.Proxy.Services;

/// <summary>A Service with the slices that name it, as they are at one moment.</summary>
public sealed record TrackedService(ObjectKey Key, Service? Service, IReadOnlyList<EndpointSlice> Slices);

/// <summary>
/// Joins Services with their slices and remembers which changed since they were last taken. Handlers only write down a key, so
/// informers never wait for the kernel. Safe for concurrent use.
/// </summary>
public sealed class ServiceTracker
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Service> _services = [];
    private readonly Dictionary<ObjectKey, Dictionary<ObjectKey, EndpointSlice>> _slices = [];
    private readonly HashSet<ObjectKey> _changed = [];

    /// <summary>Called, without a lock held, after something was written down.</summary>
    public Action Changed { get; set; } = () => { };

    public void Apply(InformerChange<Service> change)
    {
        var key = ObjectKey.Of(change.Object);
        lock (_gate)
        {
            if (change.New is { } service)
                _services[key] = service;
            else
                _services.Remove(key);
            _changed.Add(key);
        }
        Changed();
    }

    /// <summary>A slice may change hands when its label is edited.</summary>
    public void Apply(InformerChange<EndpointSlice> change)
    {
        lock (_gate)
        {
            if (change.Old is { } old && ServicePorts.ServiceOf(old) is { } before)
                Remove(before, ObjectKey.Of(old));
            if (change.New is { } slice && ServicePorts.ServiceOf(slice) is { } now)
                Add(now, slice);
        }
        Changed();
    }

    /// <summary>Marks every Service, for when it is this node that changed.</summary>
    public void MarkAll()
    {
        lock (_gate)
            _changed.UnionWith(_services.Keys);
        Changed();
    }

    /// <summary>What changed since the last call.</summary>
    public IReadOnlyList<TrackedService> Take()
    {
        lock (_gate)
        {
            var taken = new List<TrackedService>(_changed.Count);
            foreach (var key in _changed)
            {
                taken.Add(new TrackedService(key, _services.GetValueOrDefault(key),
                    _slices.TryGetValue(key, out var slices) ? [.. slices.Values] : []));
            }
            _changed.Clear();
            return taken;
        }
    }

    private void Add(ObjectKey service, EndpointSlice slice)
    {
        if (!_slices.TryGetValue(service, out var slices))
            _slices[service] = slices = [];
        slices[ObjectKey.Of(slice)] = slice;
        _changed.Add(service);
    }

    private void Remove(ObjectKey service, ObjectKey slice)
    {
        if (_slices.TryGetValue(service, out var slices) && slices.Remove(slice) && slices.Count == 0)
            _slices.Remove(service);
        _changed.Add(service);
    }
}
