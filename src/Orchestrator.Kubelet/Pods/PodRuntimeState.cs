namespace Orchestrator.Kubelet.Pods;

/// <summary>What the runtime has of one pod at one moment, newest first in both lists.</summary>
internal sealed record PodRuntimeState(IReadOnlyList<Cri.PodSandboxStatus> Sandboxes, IReadOnlyList<Cri.ContainerStatus> Containers)
{
    public static PodRuntimeState Empty { get; } = new([], []);

    public Cri.PodSandboxStatus? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;

    public bool HasRunningContainer => Containers.Any(container => container.State == Cri.ContainerState.Running);

    public static async Task<PodRuntimeState> ReadAsync(Cri.IRuntimeService runtime, string podUid, CancellationToken cancellationToken)
    {
        var sandboxes = await runtime.ListPodSandboxesAsync(podUid, cancellationToken);
        if (sandboxes.Count == 0)
            return Empty;
        var containers = new List<Cri.ContainerStatus>();
        foreach (var sandbox in sandboxes)
            containers.AddRange(await runtime.ListContainersAsync(sandbox.Id, cancellationToken));
        containers.Sort((left, right) => Order(left.Metadata.Attempt, left.CreatedAt, right.Metadata.Attempt, right.CreatedAt));
        return new(
            [.. sandboxes.Order(Comparer<Cri.PodSandboxStatus>.Create(
                (left, right) => Order(left.Metadata.Attempt, left.CreatedAt, right.Metadata.Attempt, right.CreatedAt)))],
            containers);
    }

    /// <summary>The latest container of this name, in any sandbox.</summary>
    public Cri.ContainerStatus? Newest(string name)
    {
        foreach (var container in Containers)
        {
            if (container.Metadata.Name == name)
                return container;
        }

        return null;
    }

    /// <summary>The latest container of this name in the current sandbox.</summary>
    public Cri.ContainerStatus? Current(string name)
    {
        foreach (var container in Containers)
        {
            if (container.Metadata.Name == name && container.SandboxId == Sandbox?.Id)
                return container;
        }

        return null;
    }

    /// <summary>The container of this name that ran before <paramref name="container"/>.</summary>
    public Cri.ContainerStatus? Before(Cri.ContainerStatus container)
    {
        var seen = false;
        foreach (var candidate in Containers)
        {
            if (candidate.Metadata.Name != container.Metadata.Name)
                continue;
            if (seen)
                return candidate;
            seen = candidate.Id == container.Id;
        }

        return null;
    }

    private static int Order(int leftAttempt, DateTimeOffset leftCreated, int rightAttempt, DateTimeOffset rightCreated) =>
        rightAttempt.CompareTo(leftAttempt) is var byAttempt && byAttempt != 0 ? byAttempt : rightCreated.CompareTo(leftCreated);
}
