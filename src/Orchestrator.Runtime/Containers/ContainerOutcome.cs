using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Containers;

/// <summary>How far a container has come. Never changed, only replaced by a later one.</summary>
internal sealed record ContainerOutcome
{
    // What Kubernetes shows when nobody knows how a container ended.
    private const int UnknownExitCode = 255;
    private const int StartFailedExitCode = 128;

    public static ContainerOutcome Created { get; } = new() { State = ContainerState.Created };

    /// <summary>It runs or did, and nothing else is known.</summary>
    public static ContainerOutcome Started { get; } = new() { State = ContainerState.Running };

    public required ContainerState State { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    public int ProcessId { get; init; }

    public ContainerUser? User { get; init; }

    public static ContainerOutcome From(ContainerReport report)
    {
        var exited = report.State == ProcessState.Exited;
        return new ContainerOutcome
        {
            State = exited ? ContainerState.Exited : ContainerState.Running,
            StartedAt = Time(report.StartedAt),
            FinishedAt = exited ? Time(report.FinishedAt) : null,
            ExitCode = report.ExitCode,
            Reason = exited ? ReasonOf(report) : "",
            ProcessId = report.ProcessId,
            User = new ContainerUser(report.Uid, report.Gid, report.Groups),
        };
    }

    public static ContainerOutcome StartFailed(string message, DateTimeOffset at) => new()
    {
        State = ContainerState.Exited, FinishedAt = at, ExitCode = StartFailedExitCode, Reason = "StartError", Message = message,
    };

    /// <summary>The shim died and took the container with it; how that one ended is not known.</summary>
    public ContainerOutcome Lost(DateTimeOffset at) => this with
    {
        State = ContainerState.Exited,
        FinishedAt = at,
        ExitCode = UnknownExitCode,
        Reason = "Unknown",
        ProcessId = 0,
        Message = "the container's shim ended before it",
    };

    private static string ReasonOf(ContainerReport report) => report switch
    {
        { ExitCode: 0 } => "Completed",
        { OomKilled: true } => "OOMKilled",
        _ => "Error",
    };

    private static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
