using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Events;

/// <summary>User-visible Events about pods of this node. Recording never fails and never waits.</summary>
internal interface IPodEvents
{
    void Normal(Pod pod, string reason, string message, PodContainer? container = null);

    void Warning(Pod pod, string reason, string message, PodContainer? container = null);
}

/// <summary>Reasons as Kubernetes writes them; people and tools filter by these.</summary>
internal static class EventReason
{
    public const string Created = nameof(Created);
    public const string Started = nameof(Started);
    public const string Failed = nameof(Failed);
    public const string Killing = nameof(Killing);
    public const string BackOff = nameof(BackOff);
    public const string Pulling = nameof(Pulling);
    public const string Pulled = nameof(Pulled);
    public const string InspectFailed = nameof(InspectFailed);
    public const string ErrImageNeverPull = nameof(ErrImageNeverPull);
    public const string FailedMount = nameof(FailedMount);
    public const string FailedCreatePodSandBox = nameof(FailedCreatePodSandBox);
    public const string SandboxChanged = nameof(SandboxChanged);
    public const string FailedPostStartHook = nameof(FailedPostStartHook);
    public const string FailedPreStopHook = nameof(FailedPreStopHook);
    public const string FailedKillPod = nameof(FailedKillPod);
    public const string Unhealthy = nameof(Unhealthy);
    public const string ProbeWarning = nameof(ProbeWarning);
    public const string DeadlineExceeded = nameof(DeadlineExceeded);
    public const string NetworkNotReady = nameof(NetworkNotReady);
    public const string DnsConfigForming = "DNSConfigForming";
}
