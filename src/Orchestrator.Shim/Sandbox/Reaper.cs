using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Loop;

namespace Orchestrator.Shim.Sandbox;

/// <summary>Collects every child that ends, told by SIGCHLD through a descriptor, and hands its exit code to whoever waits.</summary>
internal sealed class Reaper
{
    private readonly Dictionary<int, TaskCompletionSource<int>> awaited = [];

    /// <summary>Must be called before the loop runs again after the child was made, or its end may be missed.</summary>
    public Task<int> ExitOf(int processId)
    {
        var completion = new TaskCompletionSource<int>();
        awaited[processId] = completion;
        return completion.Task;
    }

    /// <summary>Never completes. SIGCHLD must be blocked in every thread of this process.</summary>
    public async Task RunAsync(EventLoop loop)
    {
        using var signals = Signals.OpenSignalDescriptor(Signals.Child);
        using var readiness = loop.Watch(signals);
        var record = new byte[128];
        while (await readiness.ReadableAsync())
        {
            while (FileCalls.Read(signals, record) > 0)
            {
            }

            while (ChildProcess.TryReapAny() is { } ended)
            {
                if (awaited.Remove(ended.ProcessId, out var completion))
                    completion.SetResult(ChildProcess.ExitCodeOf(ended.Status));
            }
        }
    }
}
