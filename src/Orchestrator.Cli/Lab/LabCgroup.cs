using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Cli.Lab;

/// <summary>The cgroup of a lab or of one of its nodes: everything that runs there is in it or below.</summary>
internal sealed class LabCgroup(string path, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ICgroup cgroup = new CgroupManager(CgroupLayout.Detect()).Open("/" + path);

    public void SetFrozen(bool frozen) => cgroup.SetFrozen(frozen);

    /// <summary>Kills everything inside, waits until it is gone and removes the cgroup.</summary>
    /// <exception cref="TimeoutException">A process does not end even when killed (it waits for the kernel).</exception>
    public async Task KillAndRemoveAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (cgroup.Exists)
        {
            // Again in each round: a process may have started another just before it ended; a frozen one must thaw to die.
            cgroup.Kill();
            cgroup.SetFrozen(false);
            if (cgroup.TryRemove())
                return;
            if (time.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"processes in cgroup {path} do not end; look at them with: cat /sys/fs/cgroup/*/{path}/cgroup.procs");
            await Task.Delay(Step, time, cancellationToken);
        }
    }
}
