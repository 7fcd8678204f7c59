using Microsoft.Extensions.Logging;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Client.Informers;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy;

/// <summary>
/// Keeps the nftables rules for Services in the network namespace its <see cref="INftables"/> belongs to. At the start the whole
/// table is written anew, in one transaction, so rules of an earlier run serve until then and nothing stale stays; after
/// that a change writes what changed. Rules stay when the proxy ends.
/// </summary>
public sealed partial class Proxier : IDisposable
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    private readonly ProxyOptions _options;
    private readonly IInformer<Service> _services;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly IInformer<Node>? _node;
    private readonly INftables _nftables;
    private readonly IConntrack _conntrack;
    private readonly TimeProvider _time;
    private readonly ILogger<Proxier> _logger;
    private readonly ProxyMetrics _metrics = new();
    private readonly ServiceTracker _tracker = new();
    private readonly ProxyState _state;
    private readonly SemaphoreSlim _wake = new(0);
    private volatile ProxyTopology _place;
    private int _awake;
    private bool _rebuild = true;
    private TimeSpan _retry;

    public Proxier(
        ProxyOptions options, IInformerFactory informers, INftables nftables, IConntrack conntrack, TimeProvider time, ILogger<Proxier> logger)
    {
        _options = options;
        _nftables = nftables;
        _conntrack = conntrack;
        _time = time;
        _logger = logger;
        _state = new ProxyState(options);
        _place = new ProxyTopology(options.NodeName, "");
        _tracker.Changed = Wake;
        _services = informers.For<Service>();
        _slices = informers.For<EndpointSlice>();
        _services.AddHandler(_tracker.Apply);
        _slices.AddHandler(_tracker.Apply);
        if (options.NodeName.Length == 0)
            return;
        _node = informers.For<Node>($"metadata.name={options.NodeName}");
        _node.AddHandler(PlaceChanged);
    }

    /// <summary>Removes the table of an earlier run, and with it every rule of ours in that namespace.</summary>
    public static void RemoveTable(ProxyOptions options, INftables nftables) =>
        nftables.Apply(new Rules.ProxyTable(options, NftFamily.IPv4).Remove());

    /// <summary>Works until cancelled. The informers must be run by the caller.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_services.Synced, _slices.Synced).WaitAsync(cancellationToken);
        while (true)
        {
            await SyncAsync(cancellationToken);
            await _wake.WaitAsync(cancellationToken);
            Interlocked.Exchange(ref _awake, 0);
            await Task.Delay(_options.GatherTime, _time, cancellationToken);
        }
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _wake.Dispose();
    }

    /// <summary>Writes what changed; pauses after a refusal, so that a kernel that keeps refusing is not asked in a tight loop.</summary>
    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            Sync();
            _retry = TimeSpan.Zero;
        }
        catch (LinuxException exception)
        {
            _metrics.Failed();
            _rebuild = true;
            _retry = _retry == TimeSpan.Zero ? _options.FirstRetry : Min(_retry * 2, _options.LongestRetry);
            LogRefused(exception, _options.TableName, _retry);
            await Task.Delay(_retry, _time, cancellationToken);
            Wake();
        }
    }

    private void Sync()
    {
        var started = _time.GetTimestamp();
        var changed = _tracker.Take();
        var step = _state.Change(changed, _place);
        var transaction = _rebuild ? _state.Rebuild() : step.Transaction;
        var stale = _rebuild ? _state.AllFlows() : step.Stale;
        if (transaction.Operations.Count > 0)
            _nftables.Apply(transaction);
        if (_rebuild)
        {
            _rebuild = false;
            _metrics.Rebuilt();
            LogRebuilt(_options.TableName, _state.PortCount);
        }
        if (stale.Any && _conntrack.Remove(stale.IsStale) is > 0 and var removed)
            LogFlowsRemoved(removed);
        var duration = _time.GetElapsedTime(started);
        _metrics.Synced(duration, transaction.Operations.Count);
        LogSynced(changed.Count, transaction.Operations.Count, duration.TotalMilliseconds);
    }

    private void PlaceChanged(InformerChange<Node> change)
    {
        var zone = change.New?.Metadata.Labels?.GetValueOrDefault(ZoneLabel) ?? "";
        if (zone == _place.Zone)
            return;
        _place = _place with { Zone = zone };
        _tracker.MarkAll();
    }

    /// <summary>One wake-up that nobody has taken yet is enough: the loop will see this change too.</summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0)
            _wake.Release();
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(Level = LogLevel.Information, Message = "Wrote table {Table} anew with {Ports} Service ports")]
    private partial void LogRebuilt(string table, int ports);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Synced {Services} Services with {Operations} operations in {Milliseconds:f2} ms")]
    private partial void LogSynced(int services, int operations, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} UDP flows that led to endpoints no longer there")]
    private partial void LogFlowsRemoved(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The kernel refused a change to table {Table}; writing it anew in {Pause}")]
    private partial void LogRefused(Exception exception, string table, TimeSpan pause);
}
