using System.IO.Pipelines;

namespace Orchestrator.Kubelet.Hollow;

/// <summary>Commands, streams and statistics of what does not run.</summary>
public sealed partial class FakeRuntime
{
    public Task<Cri.ExecSyncResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var container = Existing(containerId);
            calls.Add($"exec {container.Config.Metadata.Name}: {string.Join(' ', command)}");
            return Task.FromResult(Behaviour.Commands.GetValueOrDefault(string.Join(' ', command)) ?? new(0, [], []));
        }
    }

    /// <summary>The command's canned output; or, for "cat", what it is sent.</summary>
    public Task<Cri.IProcessStreams> ExecAsync(Cri.ExecRequest request, CancellationToken cancellationToken)
    {
        lock (gate)
            Existing(request.ContainerId);
        var words = string.Join(' ', request.Command);
        return Task.FromResult<Cri.IProcessStreams>(new FakeProcess(request.Stdin, request.Stderr && !request.Tty, Behaviour.Commands.GetValueOrDefault(words)));
    }

    public Task<Cri.IProcessStreams> AttachAsync(Cri.AttachRequest request, CancellationToken cancellationToken)
    {
        lock (gate)
            Existing(request.ContainerId);
        return Task.FromResult<Cri.IProcessStreams>(new FakeProcess(request.Stdin, request.Stderr, null));
    }

    /// <summary>A peer that sends back what it is sent.</summary>
    public Task<Stream> PortForwardAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        if (Behaviour.ClosedPorts.Contains(port))
            throw new Cri.RuntimeException(Cri.RuntimeError.Unavailable, $"dial tcp4 127.0.0.1:{port}: connect: connection refused");
        var pipe = new Pipe();
        return Task.FromResult<Stream>(new EchoStream(pipe));
    }

    public Task<Cri.ContainerStats?> ContainerStatsAsync(string containerId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(!containers.ContainsKey(containerId) ? null
                : new Cri.ContainerStats(containerId, time.GetUtcNow(), 1_000_000, 1 << 20, 1 << 20, 1 << 19, 0, 0, 0, 0, 1));
        }
    }

    public Task<Cri.PodSandboxStats?> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!sandboxes.ContainsKey(sandboxId))
                return Task.FromResult<Cri.PodSandboxStats?>(null);
            var inside = containers.Values.Where(container => container.Status.SandboxId == sandboxId && container.Status.State == Cri.ContainerState.Running)
                .Select(container => new Cri.ContainerStats(container.Status.Id, time.GetUtcNow(), 1_000_000, 1 << 20, 1 << 20, 1 << 19, 0, 0, 0, 0, 1)).ToList();
            return Task.FromResult<Cri.PodSandboxStats?>(new(sandboxId, time.GetUtcNow(), 1_000_000, 1 << 20, 1 << 20, 1 << 19, 1, 0, 0, 0, 0, inside));
        }
    }

    private sealed class FakeProcess : Cri.IProcessStreams
    {
        private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FakeProcess(bool stdin, bool stderr, Cri.ExecSyncResult? canned)
        {
            var output = new Pipe();
            Stdout = output.Reader.AsStream();
            if (canned is not null)
            {
                Stdout = new MemoryStream(canned.Stdout);
                exit.TrySetResult(canned.ExitCode);
            }
            else if (stdin)
                Stdin = new EndingStream(output.Writer.AsStream(), () => exit.TrySetResult(0));
            else
            {
                output.Writer.Complete();
                exit.TrySetResult(0);
            }

            if (canned is not null && stdin)
                Stdin = Stream.Null;
            if (stderr)
                Stderr = new MemoryStream(canned?.Stderr ?? []);
        }

        public Stream? Stdin { get; }

        public Stream? Stdout { get; }

        public Stream? Stderr { get; }

        public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<int> WaitAsync(CancellationToken cancellationToken) => exit.Task.WaitAsync(cancellationToken);

        public ValueTask DisposeAsync()
        {
            exit.TrySetResult(137);
            return ValueTask.CompletedTask;
        }
    }
}
