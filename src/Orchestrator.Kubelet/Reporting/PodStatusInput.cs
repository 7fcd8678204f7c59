using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Probes;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>Why a container does not run at this moment.</summary>
internal sealed record WaitingReason(string Reason, string Message);

/// <summary>Everything a pod's status is computed from.</summary>
internal sealed record PodStatusInput
{
    /// <summary>The pod as the API last had it; its status is what the new one grows from.</summary>
    public required Pod Pod { get; init; }

    public required PodRuntimeState State { get; init; }
    public required IProbeResults Probes { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required string HostIp { get; init; }

    /// <summary>By container name.</summary>
    public IReadOnlyDictionary<string, WaitingReason> Waiting { get; init; } = new Dictionary<string, WaitingReason>();

    /// <summary>Containers that are being started and whose postStart hook has not ended.</summary>
    public IReadOnlySet<string> Starting { get; init; } = new HashSet<string>();

    /// <summary>By container id, of containers that ended.</summary>
    public IReadOnlyDictionary<string, string> TerminationMessages { get; init; } = new Dictionary<string, string>();

    /// <summary>A verdict on the whole pod, such as Evicted or DeadlineExceeded; makes it Failed.</summary>
    public WaitingReason? Failure { get; init; }

    /// <summary>The worker has begun to end the pod: nothing will be started again.</summary>
    public bool IsEnding { get; init; }

    /// <summary>Whether the sandbox stands and its network works.</summary>
    public bool IsSandboxReady => State.Sandbox is { State: Cri.PodSandboxState.Ready } sandbox && (Pod.IsHostNetwork() || sandbox.Addresses.Count > 0);
}
