using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Serialization;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Server;

/// <summary>/stats/summary (stats v1alpha1): what the node and its pods use now.</summary>
internal sealed class StatsEndpoint(string nodeName, PodStats pods, TimeProvider time)
{
    public async Task SummaryAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var all = await pods.ReadAsync(context.RequestAborted);
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
            Write(json, all);
        buffer.Position = 0;
        await buffer.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private void Write(Utf8JsonWriter json, IReadOnlyList<PodUsage> all)
    {
        var now = time.GetUtcNow();
        json.WriteStartObject();
        json.WriteStartObject("node");
        json.WriteString("nodeName", nodeName);
        WriteCpu(json, now, all.Sum(pod => pod.Stats.CpuUsageNanoseconds));
        WriteMemory(json, now, all.Sum(pod => pod.Stats.MemoryUsageBytes), all.Sum(pod => pod.Stats.MemoryWorkingSetBytes), all.Sum(pod => pod.Stats.MemoryRssBytes));
        json.WriteEndObject();
        json.WriteStartArray("pods");
        foreach (var pod in all)
            WritePod(json, pod);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePod(Utf8JsonWriter json, PodUsage usage)
    {
        var (pod, stats) = (usage.Pod, usage.Stats);
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", pod.Name());
        json.WriteString("namespace", pod.Namespace());
        json.WriteString("uid", pod.Uid());
        json.WriteEndObject();
        if (pod.Status?.StartTime is { } start)
            json.WriteString("startTime", TimeConverter.Format(start));
        json.WriteStartArray("containers");
        foreach (var container in stats.Containers)
        {
            json.WriteStartObject();
            json.WriteString("name", usage.NameOf(container.Id));
            WriteCpu(json, container.At, container.CpuUsageNanoseconds);
            WriteMemory(json, container.At, container.MemoryUsageBytes, container.MemoryWorkingSetBytes, container.MemoryRssBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCpu(json, stats.At, stats.CpuUsageNanoseconds);
        WriteMemory(json, stats.At, stats.MemoryUsageBytes, stats.MemoryWorkingSetBytes, stats.MemoryRssBytes);
        json.WriteStartObject("network");
        json.WriteString("time", TimeConverter.Format(stats.At));
        json.WriteString("name", "eth0");
        json.WriteNumber("rxBytes", stats.NetworkReceivedBytes);
        json.WriteNumber("rxErrors", stats.NetworkReceiveErrors);
        json.WriteNumber("txBytes", stats.NetworkSentBytes);
        json.WriteNumber("txErrors", stats.NetworkSendErrors);
        json.WriteEndObject();
        json.WriteStartObject("process_stats");
        json.WriteNumber("process_count", stats.Pids);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter json, DateTimeOffset at, long nanoseconds)
    {
        json.WriteStartObject("cpu");
        json.WriteString("time", TimeConverter.Format(at));
        json.WriteNumber("usageCoreNanoSeconds", nanoseconds);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, DateTimeOffset at, long usage, long workingSet, long rss)
    {
        json.WriteStartObject("memory");
        json.WriteString("time", TimeConverter.Format(at));
        json.WriteNumber("usageBytes", usage);
        json.WriteNumber("workingSetBytes", workingSet);
        json.WriteNumber("rssBytes", rss);
        json.WriteEndObject();
    }
}
