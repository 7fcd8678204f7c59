namespace Orchestrator.Kubelet.Server.Logs;

/// <summary>What of a container's log is wanted; the query of /containerLogs.</summary>
public sealed record ContainerLogOptions
{
    public bool Follow { get; init; }
    public bool Previous { get; init; }
    public bool Timestamps { get; init; }

    /// <summary>The last so many lines; null means all.</summary>
    public long? TailLines { get; init; }

    /// <summary>Nothing older.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>No more than this is sent.</summary>
    public long? LimitBytes { get; init; }

    public bool Stdout { get; init; } = true;
    public bool Stderr { get; init; } = true;
}
