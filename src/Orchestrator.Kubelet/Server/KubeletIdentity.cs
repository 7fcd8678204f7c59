namespace Orchestrator.Kubelet.Server;

/// <summary>Who sends a request to the kubelet.</summary>
internal sealed record KubeletIdentity(string User, IReadOnlyList<string> Groups);
