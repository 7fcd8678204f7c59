using System.Collections.Concurrent;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Probes;

/// <summary>
/// Runs the probes of running containers and keeps their verdicts. A verdict that changes wakes the pod's worker, which alone
/// acts on it. Thread-safe.
/// </summary>
internal sealed class ProbeManager(ProbeRunner runner, IPodEvents events, TimeProvider time, Random random) : IProbeResults, IDisposable
{
    private readonly ConcurrentDictionary<(string ContainerId, ProbeKind Kind), ProbeWorker> workers = new();
    private readonly ConcurrentDictionary<string, byte> endingPods = new(StringComparer.Ordinal);

    public bool? Find(string containerId, ProbeKind kind) => workers.TryGetValue((containerId, kind), out var worker) ? worker.Verdict : null;

    /// <summary>Starts the probes of a running container, those that do not run yet.</summary>
    public void Ensure(Pod pod, PodContainer container, Cri.ContainerStatus running, string podIp, Action changed)
    {
        Ensure(ProbeKind.Startup, container.Spec.StartupProbe);
        Ensure(ProbeKind.Readiness, container.Spec.ReadinessProbe);
        Ensure(ProbeKind.Liveness, container.Spec.LivenessProbe);

        void Ensure(ProbeKind kind, Probe? probe)
        {
            if (probe is null || workers.ContainsKey((running.Id, kind)) || (kind != ProbeKind.Readiness && endingPods.ContainsKey(pod.Uid())))
                return;
            var target = new ProbeTarget(pod, container, running.Id, podIp, probe, kind);
            var isWaiting = kind != ProbeKind.Startup && container.Spec.StartupProbe is not null;
            var worker = new ProbeWorker(
                target, running.StartedAt ?? running.CreatedAt, VerdictBefore(pod, container, running.Id, kind),
                isWaiting ? () => Find(running.Id, ProbeKind.Startup) == true : static () => true, runner, events, time, Jitter(probe), changed);
            if (workers.TryAdd((running.Id, kind), worker))
                worker.Start();
            else
                worker.Dispose();
        }
    }

    public void RemoveContainer(string containerId)
    {
        foreach (var kind in Enum.GetValues<ProbeKind>())
        {
            if (workers.TryRemove((containerId, kind), out var worker))
                worker.Dispose();
        }
    }

    /// <summary>The pod ends: from now on only readiness is of interest.</summary>
    public void StopRestarting(string podUid)
    {
        endingPods[podUid] = 0;
        foreach (var (key, worker) in workers)
        {
            if (worker.PodUid == podUid && key.Kind != ProbeKind.Readiness && workers.TryRemove(key, out _))
                worker.Dispose();
        }
    }

    public void RemovePod(string podUid)
    {
        endingPods.TryRemove(podUid, out _);
        foreach (var (key, worker) in workers)
        {
            if (worker.PodUid == podUid && workers.TryRemove(key, out _))
                worker.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var worker in workers.Values)
            worker.Dispose();
        workers.Clear();
    }

    /// <summary>
    /// A container that an earlier kubelet started is what its status says until a probe says otherwise: a restart of the kubelet
    /// takes no pod out of service.
    /// </summary>
    private static bool? VerdictBefore(Pod pod, PodContainer container, string containerId, ProbeKind kind)
    {
        if (PodActions.PreviousStatus(pod, container) is not { } status || status.ContainerID != Reporting.ContainerStatusBuilder.IdScheme + containerId)
            return null;
        return kind switch
        {
            ProbeKind.Readiness => status.Ready == true ? true : null,
            ProbeKind.Startup => status.Started == true ? true : null,
            _ => null,
        };
    }

    /// <summary>Spreads the probes of pods that start together.</summary>
    private TimeSpan Jitter(Probe probe)
    {
        lock (random)
            return TimeSpan.FromSeconds(random.NextDouble() * Math.Min(probe.PeriodSeconds ?? 10, 1));
    }
}
