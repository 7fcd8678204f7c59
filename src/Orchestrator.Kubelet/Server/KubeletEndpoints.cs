using Microsoft.AspNetCore.Http;

namespace Orchestrator.Kubelet.Server;

/// <summary>The paths of the kubelet's API and who serves them.</summary>
internal sealed class KubeletEndpoints(PodsEndpoint pods, LogsEndpoint logs, StreamsEndpoint streams, StatsEndpoint stats, MetricsEndpoint metrics)
{
    public Task HandleAsync(HttpContext context, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["pods"] or ["runningpods"] => pods.ListAsync(context),
            ["containerLogs", var @namespace, var pod, var container] => logs.ReadAsync(context, @namespace, pod, container),
            ["exec", var @namespace, var pod, var container] => streams.ExecAsync(context, @namespace, pod, null, container),
            ["exec", var @namespace, var pod, var uid, var container] => streams.ExecAsync(context, @namespace, pod, uid, container),
            ["attach", var @namespace, var pod, var container] => streams.AttachAsync(context, @namespace, pod, null, container),
            ["attach", var @namespace, var pod, var uid, var container] => streams.AttachAsync(context, @namespace, pod, uid, container),
            ["run", var @namespace, var pod, var container] => streams.RunAsync(context, @namespace, pod, container),
            ["portForward", var @namespace, var pod] => streams.PortForwardAsync(context, @namespace, pod, null),
            ["portForward", var @namespace, var pod, var uid] => streams.PortForwardAsync(context, @namespace, pod, uid),
            ["stats", "summary"] => stats.SummaryAsync(context),
            ["metrics"] => metrics.OwnAsync(context),
            ["metrics", "resource"] => metrics.ResourceAsync(context),
            _ => throw new KubeletRequestException(StatusCodes.Status404NotFound, "404 page not found"),
        };
    }
}
