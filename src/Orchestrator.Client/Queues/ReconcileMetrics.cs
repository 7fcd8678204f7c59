using System.Diagnostics.Metrics;

namespace Orchestrator.Client.Queues;

/// <summary>What Kubernetes' dashboards show of queues and controllers, under the same names.</summary>
internal static class ReconcileMetrics
{
    public const string MeterName = "Orchestrator.Reconciling";

    private static readonly Meter Meter = new(MeterName);

    public static Counter<long> Adds { get; } = Meter.CreateCounter<long>("workqueue_adds_total");
    public static UpDownCounter<long> Depth { get; } = Meter.CreateUpDownCounter<long>("workqueue_depth");
    public static Counter<long> Retries { get; } = Meter.CreateCounter<long>("workqueue_retries_total");
    public static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>("workqueue_work_duration_seconds", "s");
    public static Counter<long> Reconciles { get; } = Meter.CreateCounter<long>("controller_runtime_reconcile_total");
}
