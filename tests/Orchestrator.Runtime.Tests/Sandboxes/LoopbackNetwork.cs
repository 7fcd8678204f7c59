using System.Collections.Concurrent;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Pods;

namespace Orchestrator.Runtime.Tests.Sandboxes;

/// <summary>A pod network of loopback alone, which can be told to fail.</summary>
internal sealed class LoopbackNetwork : IPodNetwork
{
    public ConcurrentDictionary<string, PodNetworkAttachment> Attached { get; } = [];

    public bool Fails { get; set; }

    public PodNetworkStatus Status => new(Ready: true);

    public ValueTask<PodNetworkAttachment> AttachAsync(PodNetworkRequest request, CancellationToken cancellationToken)
    {
        if (Fails)
            throw new PodNetworkException("no address is left");
        using (var netlink = RouteNetlink.Open(request.NetworkNamespacePath))
            netlink.ChangeLink(netlink.GetLink("lo").Index, new LinkChange { Up = true });
        var attachment = new PodNetworkAttachment(request.SandboxId, [IPAddress.Loopback], "lo");
        Attached[request.SandboxId] = attachment;
        return ValueTask.FromResult(attachment);
    }

    public ValueTask DetachAsync(string sandboxId, CancellationToken cancellationToken)
    {
        Attached.TryRemove(sandboxId, out _);
        return ValueTask.CompletedTask;
    }

    public PodNetworkAttachment? Find(string sandboxId) => Attached.GetValueOrDefault(sandboxId);
}
