namespace Orchestrator.Api.Core.V1;

/// <summary>A command run in a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.ExecAction")]
public sealed record ExecAction
{
    /// <summary>Program and first arguments; replaces the image's entrypoint. $(VAR) is expanded.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Command { get; init; }
}
