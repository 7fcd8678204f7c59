using Orchestrator.Kubelet.Reporting;
using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Kubelet.Resources;

/// <summary>
/// The cgroups above pods: kubepods with the node's allocatable resources, besteffort with next to no claim on busy CPUs, and
/// burstable with the sum of its pods' requests. Pods' own cgroups are the runtime's business.
/// </summary>
internal sealed partial class QosCgroups(KubeletOptions options, Func<IReadOnlyDictionary<string, Quantity>> allocatable, ILogger<QosCgroups> logger)
{
    private const long BestEffortShares = 2;
    private readonly CgroupManager manager = new(CgroupLayout.Detect());
    private long burstableMillis = -1;

    /// <summary>Makes the cgroups. Where the machine does not let us, pods run without this level, and it is said once.</summary>
    public void Start()
    {
        var resources = allocatable();
        try
        {
            Apply("", new() { CpuShares = ContainerResources.SharesOf(resources["cpu"].MilliValue), MemoryLimitBytes = resources["memory"].Value });
            Apply("/besteffort", new() { CpuShares = BestEffortShares });
            Apply("/burstable", new() { CpuShares = BestEffortShares });
        }
        catch (LinuxException refused)
        {
            LogRefused(refused.Message);
        }
    }

    /// <summary>The pods that run here have changed.</summary>
    public void Update(IEnumerable<Pod> pods)
    {
        var millis = pods.Where(pod => QosClass.Of(pod) == QosClass.Burstable).Sum(pod => ContainerResources.PodRequest(pod, "cpu"));
        if (Interlocked.Exchange(ref burstableMillis, millis) == millis)
            return;
        try
        {
            Apply("/burstable", new() { CpuShares = ContainerResources.SharesOf(millis) });
        }
        catch (LinuxException refused)
        {
            LogRefused(refused.Message);
        }
    }

    private void Apply(string name, CgroupLimits limits)
    {
        var cgroup = manager.Open($"{options.CgroupRoot}/kubepods{name}");
        cgroup.Create();
        cgroup.Apply(limits);
    }

    [LoggerMessage(LogLevel.Warning, "The cgroups of the pods' quality classes could not be set up: {Error}")]
    private partial void LogRefused(string error);
}
