using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Pods;

namespace Orchestrator.Cli.Containers;

/// <summary>The network of containers that have none: a namespace of their own with its loopback up.</summary>
internal sealed class LoopbackNetwork : IPodNetwork
{
    private const int LoopbackIndex = 1;

    public PodNetworkStatus Status => new(Ready: true);

    public ValueTask<PodNetworkAttachment> AttachAsync(PodNetworkRequest request, CancellationToken cancellationToken)
    {
        using var handle = NetworkNamespace.Open(request.NetworkNamespacePath);
        using var netlink = RouteNetlink.Open(handle);
        netlink.ChangeLink(LoopbackIndex, new LinkChange { Up = true });
        return ValueTask.FromResult(new PodNetworkAttachment(request.SandboxId, [], ""));
    }

    public ValueTask DetachAsync(string sandboxId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public PodNetworkAttachment? Find(string sandboxId) => null;
}
