using Microsoft.AspNetCore.Http;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Server;

/// <summary>Finds the pod and the container that a request is about.</summary>
internal sealed class PodLookup(Func<string, string, Pod?> find, Cri.IRuntimeService runtime)
{
    /// <exception cref="KubeletRequestException">404 when this node has no such pod.</exception>
    public Pod Pod(string @namespace, string name, string? uid = null)
    {
        var pod = find(@namespace, name);
        return pod is not null && (uid is null || pod.Uid() == uid)
            ? pod
            : throw new KubeletRequestException(StatusCodes.Status404NotFound, "pod does not exist");
    }

    public Task<PodRuntimeState> StateAsync(Pod pod, CancellationToken cancellationToken) => PodRuntimeState.ReadAsync(runtime, pod.Uid(), cancellationToken);

    /// <summary>The running container of this name.</summary>
    /// <exception cref="KubeletRequestException">404 when it does not exist, 500 when it does not run, as Kubernetes answers.</exception>
    public async Task<Cri.ContainerStatus> RunningAsync(Pod pod, string container, CancellationToken cancellationToken)
    {
        var current = (await StateAsync(pod, cancellationToken)).Newest(container)
            ?? throw new KubeletRequestException(StatusCodes.Status404NotFound, $"unable to upgrade connection: container not found (\"{container}\")");
        return current.State == Cri.ContainerState.Running
            ? current
            : throw new KubeletRequestException(StatusCodes.Status500InternalServerError, $"unable to upgrade connection: container {container} is not running");
    }
}
