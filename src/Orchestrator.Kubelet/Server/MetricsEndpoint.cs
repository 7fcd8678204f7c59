using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Server;

/// <summary>/metrics and /metrics/resource in Prometheus' text format.</summary>
internal sealed class MetricsEndpoint(string nodeName, Func<IReadOnlyList<Pod>> pods, PodStats stats)
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public Task OwnAsync(HttpContext context)
    {
        var all = pods();
        var text = new StringBuilder();
        Header(text, "kubelet_running_pods", "gauge", "Number of pods that have a running pod sandbox");
        Line(text, "kubelet_running_pods", "", all.Count(pod => pod.Status?.Phase == PodPhase.Running));
        Header(text, "kubelet_running_containers", "gauge", "Number of containers currently running");
        Line(text, "kubelet_running_containers", "{container_state=\"running\"}", all.Sum(pod => (pod.Status?.ContainerStatuses ?? []).Count(status => status.State?.Running is not null)));
        Header(text, "kubelet_node_name", "gauge", "The node's name. The count is always 1.");
        Line(text, "kubelet_node_name", $"{{node=\"{nodeName}\"}}", 1);
        Header(text, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        Line(text, "process_resident_memory_bytes", "", Environment.WorkingSet);
        return SendAsync(context, text);
    }

    public async Task ResourceAsync(HttpContext context)
    {
        var all = await stats.ReadAsync(context.RequestAborted);
        var text = new StringBuilder();
        Header(text, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
        Containers(text, all, "container_cpu_usage_seconds_total", container => container.CpuUsageNanoseconds / 1e9);
        Header(text, "container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        Containers(text, all, "container_memory_working_set_bytes", container => container.MemoryWorkingSetBytes);
        Header(text, "node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
        Line(text, "node_cpu_usage_seconds_total", "", all.Sum(usage => usage.Stats.CpuUsageNanoseconds) / 1e9);
        Header(text, "node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        Line(text, "node_memory_working_set_bytes", "", all.Sum(usage => usage.Stats.MemoryWorkingSetBytes));
        Header(text, "pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
        foreach (var usage in all)
            Line(text, "pod_cpu_usage_seconds_total", $"{{namespace=\"{usage.Pod.Namespace()}\",pod=\"{usage.Pod.Name()}\"}}", usage.Stats.CpuUsageNanoseconds / 1e9);
        Header(text, "pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
        foreach (var usage in all)
            Line(text, "pod_memory_working_set_bytes", $"{{namespace=\"{usage.Pod.Namespace()}\",pod=\"{usage.Pod.Name()}\"}}", usage.Stats.MemoryWorkingSetBytes);
        await SendAsync(context, text);
    }

    private static void Containers(StringBuilder text, IReadOnlyList<PodUsage> all, string name, Func<Cri.ContainerStats, double> value)
    {
        foreach (var usage in all)
        {
            foreach (var container in usage.Stats.Containers)
                Line(text, name, $"{{container=\"{usage.NameOf(container.Id)}\",namespace=\"{usage.Pod.Namespace()}\",pod=\"{usage.Pod.Name()}\"}}", value(container));
        }
    }

    private static void Header(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");

    private static Task SendAsync(HttpContext context, StringBuilder text)
    {
        context.Response.ContentType = ContentType;
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
