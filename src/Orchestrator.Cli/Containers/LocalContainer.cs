using Orchestrator.Runtime;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Containers;

/// <summary>A local container with a runtime of its own over its directories. Disposing it lets go of the container, which goes on.</summary>
internal sealed class LocalContainer(LocalContainerRecord record, ContainerRuntime runtime) : IDisposable
{
    public LocalContainerRecord Record { get; } = record;

    public ContainerRuntime Runtime { get; } = runtime;

    public string Id => Record.ContainerId;

    public async Task<ContainerStatus> StatusAsync(CancellationToken cancellationToken) =>
        await Runtime.ContainerStatusAsync(Id, cancellationToken) ?? throw new UserException($"container '{Record.Name}' has lost its state");

    /// <summary>Waits until it has ended; at once when it has.</summary>
    public async Task<ContainerStatus> WaitForEndAsync(CancellationToken cancellationToken)
    {
        await using var events = Runtime.WatchEventsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var status = await StatusAsync(cancellationToken);
            if (status.State == ContainerState.Exited)
                return status;
            if (!await events.MoveNextAsync())
                throw new UserException($"container '{Record.Name}' was removed meanwhile");
        }
    }

    public void Dispose() => Runtime.Dispose();
}
