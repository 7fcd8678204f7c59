using System.Net;

namespace Orchestrator.Network.Pods;

/// <summary>
/// Connects pod network namespaces to the node's pod network, and disconnects them. The built-in one hangs pods on the node's
/// bridge; a CNI directory can stand in its place. Both members are idempotent per sandbox id, and survive a restart of the
/// caller: what was attached before is found again.
/// </summary>
public interface IPodNetwork
{
    /// <summary>
    /// Brings up loopback and the pod's interface inside the namespace at <see cref="PodNetworkRequest.NetworkNamespacePath"/>
    /// and gives it an address from the node's pod range. Attaching an attached sandbox returns the same addresses.
    /// </summary>
    /// <exception cref="PodNetworkException">No address is left, or the kernel refused; nothing stays behind.</exception>
    ValueTask<PodNetworkAttachment> AttachAsync(PodNetworkRequest request, CancellationToken cancellationToken);

    /// <summary>Removes links, host ports and the address lease. Detaching what is not attached does nothing.</summary>
    ValueTask DetachAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>The attachment of a sandbox, or null.</summary>
    PodNetworkAttachment? Find(string sandboxId);

    /// <summary>Whether pods can be attached now; if not, why (becomes the node's NetworkReady condition).</summary>
    PodNetworkStatus Status { get; }
}

/// <param name="NetworkNamespacePath">A path that can be opened for setns(2), such as /proc/PID/ns/net or a bind mount.</param>
public sealed record PodNetworkRequest(
    string SandboxId, string Namespace, string PodName, string PodUid, string NetworkNamespacePath,
    IReadOnlyList<PodPortMapping> PortMappings);

/// <summary>A host port that leads to the pod (containers[].ports[].hostPort).</summary>
public sealed record PodPortMapping(string Protocol, int ContainerPort, int HostPort, IPAddress? HostAddress = null);

/// <param name="Addresses">The first is the primary one.</param>
public sealed record PodNetworkAttachment(string SandboxId, IReadOnlyList<IPAddress> Addresses, string HostInterface);

public sealed record PodNetworkStatus(bool Ready, string Reason = "", string Message = "");

public sealed class PodNetworkException(string message, Exception? innerException = null) : Exception(message, innerException);
