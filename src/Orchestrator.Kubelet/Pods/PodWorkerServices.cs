using Orchestrator.Kubelet.Containers;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Images;
using Orchestrator.Kubelet.Probes;
using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet.Pods;

/// <summary>What every pod worker works with; one per kubelet.</summary>
internal sealed record PodWorkerServices
{
    public required KubeletOptions Options { get; init; }
    public required KubeletPaths Paths { get; init; }
    public required IApiClient Client { get; init; }
    public required Cri.IRuntimeService Runtime { get; init; }
    public required Sandboxes Sandboxes { get; init; }
    public required ContainerStarter Starter { get; init; }
    public required ContainerKiller Killer { get; init; }
    public required ImageManager Images { get; init; }
    public required VolumeManager Volumes { get; init; }
    public required ProbeManager Probes { get; init; }
    public required PodAdmission Admission { get; init; }
    public required TerminationMessages TerminationMessages { get; init; }
    public required IPodEvents Events { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILoggerFactory Logs { get; init; }
}
