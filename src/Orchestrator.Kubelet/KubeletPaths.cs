using System.Globalization;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet;

/// <summary>Where things lie under the root directory. On disk, so adopted after a restart: do not change without a migration.</summary>
internal sealed class KubeletPaths(KubeletOptions options)
{
    public string Pods { get; } = Path.Combine(options.RootDirectory, "pods");

    /// <summary>One tmpfs for all volumes that must not touch a disk.</summary>
    public string Memory { get; } = Path.Combine(options.RootDirectory, "memory");

    public string Pod(string podUid) => Path.Combine(Pods, podUid);

    public string Volumes(string podUid) => Path.Combine(Pod(podUid), "volumes");

    public string EtcHosts(string podUid) => Path.Combine(Pod(podUid), "etc-hosts");

    /// <summary>The file behind a container's terminationMessagePath; one per run.</summary>
    public string TerminationMessage(string podUid, string container, int attempt) =>
        Path.Combine(Pod(podUid), "containers", container, attempt.ToString(CultureInfo.InvariantCulture));

    public string SubPaths(string podUid, string container) => Path.Combine(Pod(podUid), "volume-subpaths", container);

    public string PodLogs(string @namespace, string name, string podUid) => Path.Combine(options.LogDirectory, $"{@namespace}_{name}_{podUid}");

    public string PodLogs(Pod pod) => PodLogs(pod.Namespace(), pod.Name(), pod.Uid());

    /// <summary>Relative to the pod's log directory.</summary>
    public static string ContainerLog(string container, int attempt) =>
        Path.Combine(container, attempt.ToString(CultureInfo.InvariantCulture) + ".log");

    /// <summary>The cgroup of a pod, relative to each hierarchy's root.</summary>
    public string PodCgroup(Pod pod)
    {
        var parent = Reporting.QosClass.Of(pod) switch
        {
            Reporting.QosClass.Guaranteed => "",
            Reporting.QosClass.BestEffort => "/besteffort",
            _ => "/burstable",
        };
        return $"{options.CgroupRoot}/kubepods{parent}/pod{pod.Uid()}";
    }
}
