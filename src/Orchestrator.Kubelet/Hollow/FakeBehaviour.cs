using System.Collections.Concurrent;

namespace Orchestrator.Kubelet.Hollow;

/// <summary>How the containers of a <see cref="FakeRuntime"/> behave, by container name. May be changed at any time.</summary>
public sealed class FakeBehaviour
{
    /// <summary>Containers that end by themselves as soon as they start, and their exit codes.</summary>
    public ConcurrentDictionary<string, int> RunsToEnd { get; } = new(StringComparer.Ordinal);

    /// <summary>Containers whose process cannot be started, and the message.</summary>
    public ConcurrentDictionary<string, string> StartFailures { get; } = new(StringComparer.Ordinal);

    /// <summary>Containers that end only when killed.</summary>
    public HashSet<string> IgnoresStopSignal { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers to commands, by the command's words joined by spaces; others succeed without output.</summary>
    public ConcurrentDictionary<string, Cri.ExecSyncResult> Commands { get; } = new(StringComparer.Ordinal);

    /// <summary>Ports that refuse connections.</summary>
    public HashSet<int> ClosedPorts { get; } = [];

    /// <summary>When set, sandboxes cannot be made.</summary>
    public string? SandboxFailure { get; set; }

    public Cri.RuntimeStatus Status { get; set; } = new(true, "", true, "");
}
