using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>What makes two pulls the same: the image, and with whose rights it is asked for.</summary>
internal sealed record PullKey(ImageReference Reference, RegistryAuth? Auth);

/// <summary>
/// Lets callers who want the same thing at the same time share one attempt. A caller may give up alone; the attempt is
/// cancelled when the last one has.
/// </summary>
internal sealed class PullCoalescer
{
    private readonly Dictionary<PullKey, Attempt> running = [];

    public async Task<string> RunAsync(PullKey key, Func<CancellationToken, Task<string>> pull, CancellationToken cancellationToken)
    {
        var attempt = Join(key, pull);
        try
        {
            return await attempt.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(key, attempt);
        }
    }

    private Attempt Join(PullKey key, Func<CancellationToken, Task<string>> pull)
    {
        lock (running)
        {
            if (!running.TryGetValue(key, out var attempt))
            {
                attempt = new Attempt();
                attempt.Task = StartAsync(pull, attempt.Cancellation.Token);
                running[key] = attempt;
            }

            attempt.Callers++;
            return attempt;
        }
    }

    /// <summary>No part of the pull runs under the lock.</summary>
    private static async Task<string> StartAsync(Func<CancellationToken, Task<string>> pull, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return await pull(cancellationToken);
    }

    private void Leave(PullKey key, Attempt attempt)
    {
        lock (running)
        {
            if (--attempt.Callers > 0)
                return;
            running.Remove(key);
        }

        if (!attempt.Task.IsCompleted)
            attempt.Cancellation.Cancel();
    }

    private sealed class Attempt
    {
        public CancellationTokenSource Cancellation { get; } = new();

        public Task<string> Task { get; set; } = null!;

        public int Callers { get; set; }
    }
}
