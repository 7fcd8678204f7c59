using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Containers;

/// <summary>Asks a container to end, and kills it when it does not. Several callers may wait with different patience.</summary>
internal sealed class ContainerStop(RuntimeContext context)
{
    public async Task RunAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!context.Containers.TryGetValue(containerId, out var container) || container.Outcome.State != ContainerState.Running)
            return;
        if (grace > TimeSpan.Zero)
        {
            var signal = Signals.TryParse(container.Document.StopSignal, out var chosen) ? chosen : Signals.Terminate;
            await SignalAsync(container, signal, cancellationToken);
            if (await EndsWithinAsync(container, grace, cancellationToken))
                return;
        }

        await SignalAsync(container, Signals.Kill, cancellationToken);
        await container.Ended.WaitAsync(cancellationToken);
    }

    private async Task<bool> EndsWithinAsync(ContainerRecord container, TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            await container.Ended.WaitAsync(grace, context.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task SignalAsync(ContainerRecord container, int signal, CancellationToken cancellationToken)
    {
        try
        {
            if (container.Sandbox.Shim is { } shim)
                await shim.SignalAsync(container.Id, signal, cancellationToken);
        }
        catch (RuntimeException exception) when (exception.Error == RuntimeError.Unavailable)
        {
            // The shim is going; its end marks the container as ended.
        }
    }
}
