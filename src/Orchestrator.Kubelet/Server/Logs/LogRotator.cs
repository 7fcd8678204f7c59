using System.Globalization;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Server.Logs;

/// <summary>Keeps container logs small: a log over its limit is put aside under a time and begun anew; the oldest are removed.</summary>
internal sealed partial class LogRotator(KubeletOptions options, KubeletPaths paths, Cri.IRuntimeService runtime, Func<IReadOnlyList<Pod>> pods, TimeProvider time, ILogger<LogRotator> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.ContainerLogCheckInterval, time, cancellationToken);
            foreach (var pod in pods())
                await RotatePodAsync(pod, cancellationToken);
        }
    }

    private async Task RotatePodAsync(Pod pod, CancellationToken cancellationToken)
    {
        var directory = paths.PodLogs(pod);
        if (!Directory.Exists(directory))
            return;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*.log", SearchOption.AllDirectories))
        {
            if (file.Length > options.ContainerLogMaxBytes)
                await RotateAsync(pod, file, cancellationToken);
        }
    }

    private async Task RotateAsync(Pod pod, FileInfo log, CancellationToken cancellationToken)
    {
        var container = log.Directory!.Name;
        var attempt = Path.GetFileNameWithoutExtension(log.Name);
        try
        {
            foreach (var status in (await PodRuntimeState.ReadAsync(runtime, pod.Uid(), cancellationToken)).Containers)
            {
                if (status.Metadata.Name != container || status.Metadata.Attempt.ToString(CultureInfo.InvariantCulture) != attempt || status.State != Cri.ContainerState.Running)
                    continue;
                File.Move(log.FullName, $"{log.FullName}.{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}", overwrite: true);
                await runtime.ReopenContainerLogAsync(status.Id, cancellationToken);
                RemoveOldest(log);
            }
        }
        catch (Exception failure) when (failure is Cri.RuntimeException or IOException)
        {
            LogFailed(failure, pod.Namespace(), pod.Name(), container);
        }
    }

    private void RemoveOldest(FileInfo log)
    {
        // The names sort by time. One of the allowed files is the log itself.
        foreach (var old in Directory.GetFiles(log.DirectoryName!, log.Name + ".*").OrderDescending(StringComparer.Ordinal).Skip(options.ContainerLogMaxFiles - 1))
            File.Delete(old);
    }

    [LoggerMessage(LogLevel.Warning, "Could not rotate the log of {Namespace}/{Pod}, container {Container}")]
    private partial void LogFailed(Exception exception, string @namespace, string pod, string container);
}
