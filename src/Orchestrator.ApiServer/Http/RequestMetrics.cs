using System.Diagnostics.Metrics;

namespace Orchestrator.ApiServer.Http;

/// <summary>Counters of requests, under the names that dashboards for kube-apiserver use.</summary>
internal static class RequestMetrics
{
    public static readonly Meter Meter = new("Orchestrator.ApiServer");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("apiserver_request_total", description: "Requests by verb, group, version, resource, subresource and code.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "apiserver_request_duration_seconds", "s", "Time from a request's arrival to the end of its response; watches and streams are left out.");

    public static void Record(RequestContext context, int code, TimeSpan duration)
    {
        var info = context.Info;
        if (Requests.Enabled)
        {
            Requests.Add(1,
                new("verb", info.Verb.ToUpperInvariant()), new("group", info.Group), new("version", info.Version),
                new("resource", info.IsResourceRequest ? info.Resource : ""), new("subresource", info.Subresource), new("code", code));
        }

        if (Durations.Enabled && info.Verb != "watch")
            Durations.Record(duration.TotalSeconds, new("verb", info.Verb.ToUpperInvariant()), new("resource", info.IsResourceRequest ? info.Resource : ""));
    }
}
