namespace Orchestrator.Kubelet.Probes;

internal enum ProbeKind { Startup, Liveness, Readiness }

/// <summary>The standing verdicts of probes, by container id. Reads may come from any thread.</summary>
internal interface IProbeResults
{
    /// <summary>Null when there is no probe of this kind, or no verdict yet.</summary>
    bool? Find(string containerId, ProbeKind kind);
}
