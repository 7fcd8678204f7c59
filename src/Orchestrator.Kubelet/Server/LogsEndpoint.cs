using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Server.Logs;

namespace Orchestrator.Kubelet.Server;

/// <summary>/containerLogs: a container's log as text.</summary>
internal sealed class LogsEndpoint(PodLookup lookup, KubeletPaths paths, TimeProvider time)
{
    public async Task ReadAsync(HttpContext context, string @namespace, string podName, string container)
    {
        var options = ParseOptions(context.Request.Query);
        var pod = lookup.Pod(@namespace, podName);
        if (pod.FindContainer(container) is null)
            throw new KubeletRequestException(StatusCodes.Status404NotFound, $"container {container} not found in pod {podName}");
        var state = await lookup.StateAsync(pod, context.RequestAborted);
        var target = Pick(pod, state, container, options.Previous);
        var path = Path.IsPathRooted(target.LogPath) ? target.LogPath
            : Path.Combine(paths.PodLogs(pod), target.LogPath.Length > 0 ? target.LogPath : KubeletPaths.ContainerLog(container, target.Metadata.Attempt));
        context.Response.ContentType = "text/plain";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (!File.Exists(path))
            return;
        await new ContainerLogReader(path, options, time).CopyToAsync(context.Response.Body, IsRunningAsync, context.RequestAborted);

        async Task<bool> IsRunningAsync() =>
            (await lookup.StateAsync(pod, context.RequestAborted)).Containers.Any(candidate => candidate.Id == target.Id && candidate.State == Cri.ContainerState.Running);
    }

    internal ContainerLogOptions ParseOptions(IQueryCollection query)
    {
        var sinceSeconds = Number(query, "sinceSeconds");
        var sinceTime = query["sinceTime"].ToString();
        DateTimeOffset? since = null;
        if (sinceSeconds is { } seconds)
            since = time.GetUtcNow() - TimeSpan.FromSeconds(seconds);
        else if (sinceTime.Length > 0)
        {
            since = DateTimeOffset.TryParse(sinceTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
                ? parsed
                : throw new KubeletRequestException(StatusCodes.Status400BadRequest, $"invalid sinceTime: {sinceTime}");
        }

        var stream = query["stream"].ToString();
        return new()
        {
            Follow = Flag(query, "follow"), Previous = Flag(query, "previous"), Timestamps = Flag(query, "timestamps"), TailLines = Number(query, "tailLines"),
            LimitBytes = Number(query, "limitBytes"), Since = since, Stdout = stream is "" or "All" or "Stdout", Stderr = stream is "" or "All" or "Stderr",
        };
    }

    private static Cri.ContainerStatus Pick(Pod pod, PodRuntimeState state, string container, bool previous)
    {
        var newest = state.Newest(container);
        // A container that is only created has written nothing; the run before it has.
        if (newest is { State: Cri.ContainerState.Created } && !previous)
            newest = state.Before(newest) ?? newest;
        if (previous)
        {
            return (newest is null ? null : state.Before(newest))
                ?? throw new KubeletRequestException(StatusCodes.Status400BadRequest, $"previous terminated container \"{container}\" in pod \"{pod.Name()}\" not found");
        }

        if (newest is not null)
            return newest;
        var waiting = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
            .FirstOrDefault(status => status.Name == container)?.State?.Waiting;
        throw new KubeletRequestException(StatusCodes.Status400BadRequest, waiting?.Reason switch
        {
            "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName" =>
                $"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: {(waiting.Reason == "ImagePullBackOff" ? "trying and failing to pull image" : "image can't be pulled")}",
            { } reason => $"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: {reason}",
            null => $"container \"{container}\" in pod \"{pod.Name()}\" is not available",
        });
    }

    private static bool Flag(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";

    private static long? Number(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new KubeletRequestException(StatusCodes.Status400BadRequest, $"invalid {name}: {text}");
    }
}
