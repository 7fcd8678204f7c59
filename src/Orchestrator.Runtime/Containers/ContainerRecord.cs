using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Containers;

/// <summary>A container in memory. Verbs that change it hold <see cref="Gate"/>; its outcome only ever moves forward.</summary>
internal sealed class ContainerRecord(SandboxRecord sandbox, ContainerDocument document, string directory, string writableDirectory)
{
    private readonly Lock outcomeLock = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ContainerOutcome outcome = ContainerOutcome.Created;
    private volatile ContainerDocument document = document;

    public string Id => document.Id;

    public SandboxRecord Sandbox { get; } = sandbox;

    public string Directory { get; } = directory;

    public string WritableDirectory { get; } = writableDirectory;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ContainerDocument Document
    {
        get => document;
        set => document = value;
    }

    public ContainerOutcome Outcome => outcome;

    /// <summary>Completes when the container has ended.</summary>
    public Task Ended => ended.Task;

    public string CgroupPath => Sandbox.Config.CgroupParent.TrimEnd('/') + "/" + Id;

    public string LogPath =>
        Sandbox.Config.LogDirectory is { } logs ? Path.Combine(logs, document.Config.LogPath) : document.Config.LogPath;

    /// <summary>Moves on; what comes late, such as "running" after "exited", is passed over.</summary>
    /// <returns>Whether this was news.</returns>
    public bool Advance(ContainerOutcome next)
    {
        lock (outcomeLock)
        {
            if (next.State <= outcome.State || outcome.State == ContainerState.Exited)
                return false;
            outcome = next;
        }

        if (next.State == ContainerState.Exited)
            ended.TrySetResult();
        return true;
    }

    public ContainerStatus ToStatus()
    {
        var current = outcome;
        var config = document.Config;
        return new ContainerStatus
        {
            Id = Id,
            SandboxId = Sandbox.Id,
            Metadata = config.Metadata,
            State = current.State,
            CreatedAt = document.CreatedAt,
            StartedAt = current.StartedAt,
            FinishedAt = current.FinishedAt,
            ExitCode = current.ExitCode,
            Reason = current.Reason,
            Message = current.Message,
            Image = config.UserSpecifiedImage.Length > 0 ? config.UserSpecifiedImage : config.Image,
            ImageId = document.ImageId,
            ImageRef = document.ImageId,
            LogPath = LogPath,
            Pid = current.ProcessId,
            User = current.User,
            Labels = config.Labels,
            Annotations = config.Annotations,
        };
    }
}
