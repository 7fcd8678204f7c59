using Orchestrator.Cli.Processes;

namespace Orchestrator.Cli.Lab;

/// <summary>Waits until every started component has said that it serves, and says who is still awaited when time runs out.</summary>
internal sealed class LabReadiness(LabPaths paths, ReadyListener listener, TimeProvider time)
{
    private static readonly TimeSpan AliveCheckInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>A busy machine may take seconds to start a process.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    /// <exception cref="UserException">A component failed, ended, or was not ready in time.</exception>
    public async Task WaitAsync(
        IReadOnlyList<ComponentProcess> components, TimeSpan limit, Action<string> progress, CancellationToken cancellationToken)
    {
        var awaited = components.ToDictionary(component => component.Name);
        var lastStatus = new Dictionary<string, string>();
        var started = time.GetTimestamp();
        while (awaited.Count > 0)
        {
            using var slice = new CancellationTokenSource(AliveCheckInterval, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(slice.Token, cancellationToken);
            try
            {
                var message = await listener.ReceiveAsync(either.Token);
                lastStatus[message.Component] = message.Status;
                if (message.Failed)
                    throw Failure(message.Component, message.Status[ReadyMessage.FailedPrefix.Length..]);
                if (message.Ready && awaited.Remove(message.Component))
                    progress($"{message.Component} {message.Status}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Inspect(awaited.Values, lastStatus, time.GetElapsedTime(started), limit);
            }
        }
    }

    private void Inspect(IEnumerable<ComponentProcess> awaited, Dictionary<string, string> lastStatus, TimeSpan elapsed, TimeSpan limit)
    {
        foreach (var component in awaited)
        {
            // A component writes its pid file first of all, so one without a process has ended and could not say so.
            if (elapsed > StartLimit && !component.IsRunning)
                throw Failure(component.Name, "it ended at once");
        }

        if (elapsed > limit)
        {
            var waiting = string.Join(", ", awaited.Select(component =>
                lastStatus.TryGetValue(component.Name, out var status) && status.Length > 0 ? $"{component.Name} ({status})" : component.Name));
            throw new UserException($"not ready after {limit.TotalSeconds:0} s: {waiting}; see the logs in {paths.Logs}");
        }
    }

    private UserException Failure(string component, string reason)
    {
        var log = paths.LogFile(component);
        return new UserException($"{component}: {reason}; see {log}");
    }
}
