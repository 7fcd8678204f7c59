using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Client.Informers;

namespace Orchestrator.Dns.Zone;

/// <summary>
/// Keeps a <see cref="ZoneSnapshot"/> up to date from informers. A change rebuilds the names of its Service only, within the informer's
/// own call, so an answer a moment later already has it. Safe for concurrent use; readers take one snapshot and never wait.
/// </summary>
public sealed class ClusterZone
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Service> _services = [];
    private readonly Dictionary<ObjectKey, Dictionary<ObjectKey, EndpointSlice>> _slices = [];
    private readonly Dictionary<ObjectKey, ServiceNames> _names = [];
    private readonly Task _synced;
    private volatile ZoneSnapshot _snapshot = ZoneSnapshot.Empty;

    public ClusterZone(IInformerFactory informers)
    {
        var services = informers.For<Service>();
        var slices = informers.For<EndpointSlice>();
        var namespaces = informers.For<Namespace>();
        services.AddHandler(Apply);
        slices.AddHandler(Apply);
        namespaces.AddHandler(Apply);
        _synced = Task.WhenAll(services.Synced, slices.Synced, namespaces.Synced);
    }

    public ZoneSnapshot Snapshot => _snapshot;

    /// <summary>Returns once everything was read; from then on missing names are known to be missing.</summary>
    public async Task WaitForSyncAsync(CancellationToken cancellationToken)
    {
        await _synced.WaitAsync(cancellationToken);
        lock (_gate)
            _snapshot = _snapshot with { Complete = true };
    }

    private void Apply(InformerChange<Service> change)
    {
        var key = ObjectKey.Of(change.Object);
        lock (_gate)
        {
            if (change.New is { } service)
                _services[key] = service;
            else
                _services.Remove(key);
            Rebuild(key);
        }
    }

    private void Apply(InformerChange<EndpointSlice> change)
    {
        lock (_gate)
        {
            var before = change.Old is { } old ? ServiceOf(old) : null;
            var now = change.New is { } slice ? ServiceOf(slice) : null;
            if (before is { } left && (now is null || left != now) && _slices.TryGetValue(left, out var rest))
            {
                rest.Remove(ObjectKey.Of(change.Old!));
                if (rest.Count == 0)
                    _slices.Remove(left);
                Rebuild(left);
            }
            if (now is { } joined)
            {
                if (!_slices.TryGetValue(joined, out var slices))
                    _slices[joined] = slices = [];
                slices[ObjectKey.Of(change.New!)] = change.New!;
                Rebuild(joined);
            }
        }
    }

    private void Apply(InformerChange<Namespace> change)
    {
        var name = change.Object.Metadata.Name ?? "";
        lock (_gate)
        {
            var namespaces = _snapshot.Namespaces;
            _snapshot = _snapshot with { Namespaces = change.New is null ? namespaces.Remove(name) : namespaces.Add(name) };
        }
    }

    private void Rebuild(ObjectKey key)
    {
        IReadOnlyCollection<EndpointSlice> slices = _slices.TryGetValue(key, out var found) ? found.Values : [];
        var names = ServiceNamesBuilder.Build(_services.GetValueOrDefault(key), slices);
        var snapshot = _names.Remove(key, out var before) ? _snapshot.Without(before) : _snapshot;
        if (names.Names.IsEmpty)
        {
            _snapshot = snapshot;
            return;
        }
        _names[key] = names;
        _snapshot = snapshot.With(names);
    }

    private static ObjectKey? ServiceOf(EndpointSlice slice) =>
        slice.Metadata.Labels?.TryGetValue(ServiceNameLabel, out var name) == true && name.Length > 0
            ? new ObjectKey(slice.Metadata.Namespace ?? "", name)
            : null;
}
