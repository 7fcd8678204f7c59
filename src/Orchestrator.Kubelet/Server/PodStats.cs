using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Server;

/// <param name="ContainerNames">By container id.</param>
internal sealed record PodUsage(Pod Pod, Cri.PodSandboxStats Stats, IReadOnlyDictionary<string, string> ContainerNames)
{
    public string NameOf(string containerId) => ContainerNames.GetValueOrDefault(containerId) ?? containerId;
}

/// <summary>Reads what running pods use, from the runtime.</summary>
internal sealed class PodStats(Func<IReadOnlyList<Pod>> pods, Cri.IRuntimeService runtime)
{
    public async Task<IReadOnlyList<PodUsage>> ReadAsync(CancellationToken cancellationToken)
    {
        var result = new List<PodUsage>();
        foreach (var pod in pods())
        {
            var state = await PodRuntimeState.ReadAsync(runtime, pod.Uid(), cancellationToken);
            if (state.Sandbox is not { State: Cri.PodSandboxState.Ready } sandbox || await runtime.PodSandboxStatsAsync(sandbox.Id, cancellationToken) is not { } stats)
                continue;
            result.Add(new(pod, stats, state.Containers.ToDictionary(container => container.Id, container => container.Metadata.Name, StringComparer.Ordinal)));
        }

        return result;
    }
}
