using System.Text;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Server.Logs;

namespace Orchestrator.Kubelet.Containers;

/// <summary>What a container left to say when it ended: its termination message file, or the tail of its log.</summary>
internal sealed class TerminationMessages(KubeletPaths paths)
{
    public const int MaxBytes = 4096;

    /// <summary>All containers of a pod share this much.</summary>
    public const int MaxPodBytes = 12 * 1024;

    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    public string Read(Pod pod, Cri.ContainerStatus container)
    {
        var containers = Math.Max(pod.AllContainersOf().Count(), 1);
        var limit = Math.Min(MaxBytes, MaxPodBytes / containers);
        var path = paths.TerminationMessage(pod.Uid(), container.Metadata.Name, container.Metadata.Attempt);
        var message = File.Exists(path) ? ReadStart(path, limit) : "";
        var policy = container.Annotations.GetValueOrDefault(RuntimeLabels.TerminationMessagePolicy);
        if (message.Length == 0 && policy == "FallbackToLogsOnError" && container.ExitCode != 0)
            message = ReadLogTail(pod, container, Math.Min(MaxLogBytes, limit));
        return message;
    }

    private string ReadLogTail(Pod pod, Cri.ContainerStatus container, int limit)
    {
        var log = Path.Combine(paths.PodLogs(pod), container.LogPath.Length > 0 && !Path.IsPathRooted(container.LogPath)
            ? container.LogPath
            : KubeletPaths.ContainerLog(container.Metadata.Name, container.Metadata.Attempt));
        return File.Exists(log) ? CriLogTail.Read(log, MaxLogLines, limit) : "";
    }

    private static string ReadStart(string path, int limit)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[limit];
        var length = file.ReadAtLeast(buffer, limit, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
