namespace Orchestrator.Kubelet.Pods;

/// <summary>The files that the kubelet keeps for a pod, and their end.</summary>
internal static class PodFiles
{
    /// <summary>Removes the log and termination message of one run of a container. Rotated parts of the log go too.</summary>
    public static void RemoveContainer(KubeletPaths paths, Pod pod, string container, int attempt)
    {
        File.Delete(paths.TerminationMessage(pod.Uid(), container, attempt));
        var log = Path.Combine(paths.PodLogs(pod), KubeletPaths.ContainerLog(container, attempt));
        var directory = Path.GetDirectoryName(log)!;
        if (!Directory.Exists(directory))
            return;
        foreach (var file in Directory.EnumerateFiles(directory, Path.GetFileName(log) + "*"))
            File.Delete(file);
    }

    /// <summary>Removes all files of a pod. Its volumes must have been unmounted: a mount point that is left makes this fail.</summary>
    public static void RemovePod(KubeletPaths paths, Pod pod)
    {
        Remove(paths.PodLogs(pod));
        Remove(paths.Pod(pod.Uid()));
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
