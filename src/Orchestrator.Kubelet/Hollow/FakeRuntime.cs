using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Orchestrator.Kubelet.Hollow;

/// <summary>
/// A runtime in which nothing runs: sandboxes and containers are records that change state as real ones would. The runtime of
/// hollow nodes and of tests. Containers run until they are stopped, or as <see cref="Behaviour"/> says. Thread-safe.
/// </summary>
public sealed partial class FakeRuntime(TimeProvider time) : Cri.IRuntimeService
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Cri.PodSandboxStatus> sandboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FakeContainer> containers = new(StringComparer.Ordinal);
    private readonly List<Channel<Cri.ContainerEvent>> watchers = [];
    private readonly List<string> calls = [];
    private long nextId;

    private sealed record FakeContainer(Cri.ContainerConfig Config, Cri.ContainerStatus Status)
    {
        public Cri.ContainerStatus Status { get; set; } = Status;
    }

    /// <summary>What containers do; by default they run and end well when they are told to.</summary>
    public FakeBehaviour Behaviour { get; } = new();

    /// <summary>The verbs that changed something, in order: "run pod", "create c", "start c", "stop c", "remove c".</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public Task<Cri.RuntimeVersion> VersionAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new Cri.RuntimeVersion("orchestrator", "0.1.0", "v1"));

    public Task<Cri.RuntimeStatus> StatusAsync(CancellationToken cancellationToken) => Task.FromResult(Behaviour.Status);

    public Task<string> RunPodSandboxAsync(Cri.PodSandboxConfig config, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            calls.Add($"run {config.Metadata.Name}");
            if (Behaviour.SandboxFailure is { } failure)
                throw new Cri.RuntimeException(Cri.RuntimeError.Internal, failure);
            var id = NewId();
            sandboxes[id] = new()
            {
                Id = id, Metadata = config.Metadata, State = Cri.PodSandboxState.Ready, CreatedAt = time.GetUtcNow(), Labels = config.Labels,
                Annotations = config.Annotations,
                Addresses = config.Namespaces.Network == Cri.NamespaceMode.Node ? [] : [new IPAddress([10, 244, (byte)(nextId >> 8), (byte)nextId])],
            };
            return Task.FromResult(id);
        }
    }

    public Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!sandboxes.TryGetValue(sandboxId, out var sandbox))
                return Task.CompletedTask;
            calls.Add($"stop-sandbox {sandbox.Metadata.Name}");
            foreach (var container in containers.Values.Where(container => container.Status.SandboxId == sandboxId && container.Status.State == Cri.ContainerState.Running).ToList())
                End(container, 137);
            sandboxes[sandboxId] = sandbox with { State = Cri.PodSandboxState.NotReady, Addresses = [] };
            return Task.CompletedTask;
        }
    }

    public async Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await StopPodSandboxAsync(sandboxId, cancellationToken);
        lock (gate)
        {
            foreach (var id in containers.Where(pair => pair.Value.Status.SandboxId == sandboxId).Select(pair => pair.Key).ToList())
                Remove(id);
            if (sandboxes.Remove(sandboxId, out var removed))
                calls.Add($"remove-sandbox {removed.Metadata.Name}");
        }
    }

    public Task<Cri.PodSandboxStatus?> PodSandboxStatusAsync(string sandboxId, CancellationToken cancellationToken)
    {
        lock (gate)
            return Task.FromResult(sandboxes.GetValueOrDefault(sandboxId));
    }

    public Task<IReadOnlyList<Cri.PodSandboxStatus>> ListPodSandboxesAsync(string? podUid, CancellationToken cancellationToken)
    {
        lock (gate)
            return Task.FromResult<IReadOnlyList<Cri.PodSandboxStatus>>([.. sandboxes.Values.Where(sandbox => podUid is null || sandbox.Metadata.Uid == podUid)]);
    }

    public Task<string> CreateContainerAsync(string sandboxId, Cri.ContainerConfig config, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            calls.Add($"create {config.Metadata.Name}");
            if (!sandboxes.TryGetValue(sandboxId, out var sandbox))
                throw new Cri.RuntimeException(Cri.RuntimeError.NotFound, $"sandbox {sandboxId} not found");
            var id = NewId();
            containers[id] = new(config, new()
            {
                Id = id, SandboxId = sandboxId, Metadata = config.Metadata, State = Cri.ContainerState.Created, CreatedAt = time.GetUtcNow(),
                Image = config.UserSpecifiedImage, ImageId = config.Image, ImageRef = config.Image, LogPath = config.LogPath,
                Labels = config.Labels, Annotations = config.Annotations,
            });
            Publish(Cri.ContainerEventType.Created, sandbox, id);
            return Task.FromResult(id);
        }
    }

    public Task StartContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var container = Existing(containerId);
            var name = container.Config.Metadata.Name;
            calls.Add($"start {name}");
            var now = time.GetUtcNow();
            if (Behaviour.StartFailures.TryGetValue(name, out var failure))
            {
                container.Status = container.Status with
                {
                    State = Cri.ContainerState.Exited,
                    ExitCode = 128,
                    Reason = "StartError",
                    Message = failure,
                    StartedAt = now,
                    FinishedAt = now,
                };
                Publish(Cri.ContainerEventType.Exited, sandboxes[container.Status.SandboxId], containerId);
                throw new Cri.RuntimeException(Cri.RuntimeError.StartFailed, failure);
            }

            container.Status = container.Status with { State = Cri.ContainerState.Running, StartedAt = now, Pid = (int)nextId, User = new(0, 0, []) };
            Publish(Cri.ContainerEventType.Started, sandboxes[container.Status.SandboxId], containerId);
            if (Behaviour.RunsToEnd.TryGetValue(name, out var exitCode))
                End(container, exitCode);
            return Task.CompletedTask;
        }
    }

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        bool isDeaf;
        lock (gate)
        {
            if (!containers.TryGetValue(containerId, out var container) || container.Status.State != Cri.ContainerState.Running)
                return;
            calls.Add($"stop {container.Config.Metadata.Name}");
            isDeaf = Behaviour.IgnoresStopSignal.Contains(container.Config.Metadata.Name);
            if (!isDeaf)
                End(container, 143);
        }

        if (!isDeaf)
            return;
        await Task.Delay(grace, time, cancellationToken);
        lock (gate)
        {
            if (containers.TryGetValue(containerId, out var container) && container.Status.State == Cri.ContainerState.Running)
                End(container, 137);
        }
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (gate)
            Remove(containerId);
        return Task.CompletedTask;
    }

    public Task<Cri.ContainerStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (gate)
            return Task.FromResult(containers.GetValueOrDefault(containerId)?.Status);
    }

    public Task<IReadOnlyList<Cri.ContainerStatus>> ListContainersAsync(string? sandboxId, CancellationToken cancellationToken)
    {
        lock (gate)
            return Task.FromResult<IReadOnlyList<Cri.ContainerStatus>>(
                [.. containers.Values.Select(container => container.Status).Where(status => sandboxId is null || status.SandboxId == sandboxId)]);
    }

    public Task UpdateContainerResourcesAsync(string containerId, Cri.LinuxResources resources, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var container = Existing(containerId);
            calls.Add($"update {container.Config.Metadata.Name}");
            containers[containerId] = container with { Config = container.Config with { Resources = resources } };
        }

        return Task.CompletedTask;
    }

    public Task ReopenContainerLogAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (gate)
            calls.Add($"reopen {Existing(containerId).Config.Metadata.Name}");
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<Cri.ContainerEvent> WatchEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<Cri.ContainerEvent>();
        lock (gate)
            watchers.Add(channel);
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (gate)
                watchers.Remove(channel);
        }
    }

    /// <summary>The configuration a running container was made with, by pod and container name; null when there is none.</summary>
    public Cri.ContainerConfig? ConfigOf(string podName, string containerName)
    {
        lock (gate)
            return FindRunning(podName, containerName)?.Config;
    }

    /// <summary>Ends a running container as if its process had exited by itself.</summary>
    public void Exit(string podName, string containerName, int exitCode, string reason = "")
    {
        lock (gate)
            End(FindRunning(podName, containerName) ?? throw new InvalidOperationException($"{podName}/{containerName} does not run"), exitCode, reason);
    }

    /// <summary>Loses a sandbox as a reboot or a crash would: it is not ready any more, and what ran in it ended.</summary>
    public void LoseSandbox(string podName)
    {
        lock (gate)
        {
            foreach (var sandbox in sandboxes.Values.Where(sandbox => sandbox.Metadata.Name == podName).ToList())
            {
                foreach (var container in containers.Values.Where(container => container.Status.SandboxId == sandbox.Id && container.Status.State == Cri.ContainerState.Running).ToList())
                    End(container, 137);
                sandboxes[sandbox.Id] = sandbox with { State = Cri.PodSandboxState.NotReady, Addresses = [] };
                Publish(Cri.ContainerEventType.Exited, sandbox, sandbox.Id);
            }
        }
    }

    private FakeContainer? FindRunning(string podName, string containerName) => containers.Values.FirstOrDefault(container =>
        container.Config.Metadata.Name == containerName && container.Status.State == Cri.ContainerState.Running
        && sandboxes[container.Status.SandboxId].Metadata.Name == podName);

    private void End(FakeContainer container, int exitCode, string reason = "")
    {
        container.Status = container.Status with
        {
            State = Cri.ContainerState.Exited,
            ExitCode = exitCode,
            FinishedAt = time.GetUtcNow(),
            Pid = 0,
            Reason = reason.Length > 0 ? reason : exitCode == 0 ? "Completed" : "Error",
        };
        Publish(Cri.ContainerEventType.Exited, sandboxes[container.Status.SandboxId], container.Status.Id);
    }

    private void Remove(string containerId)
    {
        if (!containers.Remove(containerId, out var container))
            return;
        calls.Add($"remove {container.Config.Metadata.Name}");
        if (sandboxes.TryGetValue(container.Status.SandboxId, out var sandbox))
            Publish(Cri.ContainerEventType.Deleted, sandbox, containerId);
    }

    private FakeContainer Existing(string containerId) =>
        containers.GetValueOrDefault(containerId) ?? throw new Cri.RuntimeException(Cri.RuntimeError.NotFound, $"container {containerId} not found");

    private string NewId() => (++nextId).ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    private void Publish(Cri.ContainerEventType type, Cri.PodSandboxStatus sandbox, string containerId)
    {
        foreach (var watcher in watchers)
            watcher.Writer.TryWrite(new(type, sandbox.Metadata.Uid, sandbox.Id, containerId, time.GetUtcNow()));
    }
}
