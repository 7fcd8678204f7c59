using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Authorization.Nodes;

/// <summary>
/// Whether a node runs a pod that uses an object. Looks through the namespace's pods in the watch cache: a kubelet reads each
/// object once and then watches it, so this is asked rarely, and an index would be kept up to date with every pod status.
/// </summary>
internal sealed class NodeUsage(Func<IRegistryReader> reader)
{
    public bool RunsPod(string node, string @namespace, string name) => reader().Get<Pod>(@namespace, name)?.Spec?.NodeName == node;

    /// <param name="resource">One of <see cref="PodReferences"/>' names.</param>
    public bool Uses(string node, string resource, string @namespace, string name)
    {
        foreach (var pod in reader().List<Pod>(@namespace))
        {
            if (pod.Spec is { } spec && spec.NodeName == node && PodReferences.Includes(spec, pod.Metadata.Name!, resource, name))
                return true;
        }

        return false;
    }

    public bool UsesServiceAccount(string node, string @namespace, string name)
    {
        foreach (var pod in reader().List<Pod>(@namespace))
        {
            if (pod.Spec is { } spec && spec.NodeName == node && spec.ServiceAccountName == name)
                return true;
        }

        return false;
    }

    public bool UsesVolume(string node, string volume) =>
        reader().Get<PersistentVolume>("", volume)?.Spec?.ClaimRef is { Namespace: { } @namespace, Name: { } claim }
            && Uses(node, PodReferences.Claims, @namespace, claim);
}
