using System.Globalization;
using System.Text;

namespace Orchestrator.Kubelet.Pods;

/// <summary>
/// What the kubelet notes on sandboxes and containers so that it knows them again after a restart. The names are those of
/// Kubernetes, which tools that look into a runtime expect. Stored on disk by the runtime: do not change.
/// </summary>
internal static class RuntimeLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";
    public const string ContainerHash = "io.kubernetes.container.hash";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";

    public static Dictionary<string, string> ForSandbox(Pod pod)
    {
        var labels = new Dictionary<string, string>(pod.Metadata.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [PodName] = pod.Name(), [PodNamespace] = pod.Namespace(), [PodUid] = pod.Uid(),
        };
        return labels;
    }

    public static Dictionary<string, string> ForContainer(Pod pod, Container container) => new(StringComparer.Ordinal)
    {
        [PodName] = pod.Name(), [PodNamespace] = pod.Namespace(), [PodUid] = pod.Uid(), [ContainerName] = container.Name!,
    };

    public static Dictionary<string, string> AnnotationsForContainer(Container container, int attempt) => new(StringComparer.Ordinal)
    {
        [ContainerHash] = HashOf(container),
        [RestartCount] = attempt.ToString(CultureInfo.InvariantCulture),
        [TerminationMessagePath] = container.TerminationMessagePath ?? "/dev/termination-log",
        [TerminationMessagePolicy] = container.TerminationMessagePolicy ?? "File",
    };

    /// <summary>
    /// Changes when a running container no longer fits its spec. Name and image only: other fields cannot change, or change
    /// without a restart.
    /// </summary>
    public static string HashOf(Container container)
    {
        // FNV-1a, 64 bits: the value only has to be stable across versions of this program.
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes($"{container.Name}\0{container.Image}"))
            hash = (hash ^ value) * 1099511628211UL;
        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
