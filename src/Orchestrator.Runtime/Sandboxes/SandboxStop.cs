using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Ends all that runs in a sandbox, then its shim, then its network.</summary>
internal sealed class SandboxStop(RuntimeContext context, ShimSupervisor supervisor)
{
    public async Task RunAsync(string sandboxId, CancellationToken cancellationToken)
    {
        if (!context.Sandboxes.TryGetValue(sandboxId, out var sandbox))
            return;
        await sandbox.Gate.WaitAsync(cancellationToken);
        try
        {
            var wasStopped = sandbox.IsStopped;
            sandbox.IsStopped = true;
            if (sandbox.Shim is { } shim)
                await EndShimAsync(sandbox, shim, cancellationToken);
            supervisor.MarkLost(sandbox);
            if (!sandbox.UsesHostNetwork)
                await context.Network.DetachAsync(sandbox.Id, cancellationToken);
            if (!wasStopped)
                RuntimeContext.Save(sandbox);
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    private async Task EndShimAsync(SandboxRecord sandbox, ShimClient shim, CancellationToken cancellationToken)
    {
        try
        {
            await shim.ShutdownAsync(cancellationToken).WaitAsync(context.Options.ShutdownTimeout, context.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or RuntimeException { Error: RuntimeError.Unavailable })
        {
            // Its containers die with it: each has it as the parent whose death kills.
            Signals.Send(sandbox.ShimProcessId, Signals.Kill);
            await shim.Closed.WaitAsync(cancellationToken);
        }

        sandbox.Shim = null;
        shim.Dispose();
        ChildProcess.Reap(sandbox.ShimProcessId);
    }
}
