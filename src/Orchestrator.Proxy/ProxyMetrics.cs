using System.Diagnostics.Metrics;

namespace Orchestrator.Proxy;

/// <summary>Measurements of one proxy, on the meter <see cref="MeterName"/>.</summary>
internal sealed class ProxyMetrics : IDisposable
{
    public const string MeterName = "Orchestrator.Proxy";

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _syncDuration;
    private readonly Histogram<int> _operations;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _rebuilds;

    public ProxyMetrics()
    {
        _syncDuration = _meter.CreateHistogram<double>("proxy.sync.duration", "s", "From taking changes to the kernel having them.");
        _operations = _meter.CreateHistogram<int>("proxy.sync.operations", "{operation}", "Size of transactions.");
        _failures = _meter.CreateCounter<long>("proxy.sync.failures", "{transaction}", "Transactions the kernel refused.");
        _rebuilds = _meter.CreateCounter<long>("proxy.sync.rebuilds", "{transaction}", "Times the whole table was written.");
    }

    public void Synced(TimeSpan duration, int operations)
    {
        _syncDuration.Record(duration.TotalSeconds);
        _operations.Record(operations);
    }

    public void Failed() => _failures.Add(1);

    public void Rebuilt() => _rebuilds.Add(1);

    public void Dispose() => _meter.Dispose();
}
