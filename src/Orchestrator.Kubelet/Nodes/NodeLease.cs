using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Errors;

namespace Orchestrator.Kubelet.Nodes;

/// <summary>Renews the node's Lease: the cheap sign of life that the node lifecycle controller looks at.</summary>
internal sealed partial class NodeLease(
    KubeletOptions options, IApiClient client, Func<Node?> node, TimeProvider time, ILogger<NodeLease> logger)
{
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromSeconds(7);
    private Lease? held;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            try
            {
                held = await RenewAsync(cancellationToken);
                retry = FirstRetry;
                await Task.Delay(options.NodeLeaseRenewInterval, time, cancellationToken);
            }
            catch (ApiException failure)
            {
                // A conflict or a missing lease is mended by looking again.
                held = null;
                LogFailed(options.NodeName, failure.Message);
                await Task.Delay(retry, time, cancellationToken);
                retry = retry * 2 < MaximumRetry ? retry * 2 : MaximumRetry;
            }
        }
    }

    private async Task<Lease> RenewAsync(CancellationToken cancellationToken)
    {
        var lease = held ?? await FindAsync(cancellationToken);
        if (lease is null)
            return await client.CreateAsync(Renewed(new() { Metadata = new() { Name = options.NodeName, Namespace = LeaseNamespace } }), cancellationToken);
        return await client.UpdateAsync(Renewed(lease), cancellationToken);
    }

    private async Task<Lease?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync<Lease>(LeaseNamespace, options.NodeName, cancellationToken);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    private Lease Renewed(Lease lease) => lease with
    {
        Metadata = lease.Metadata with { OwnerReferences = lease.Metadata.OwnerReferences is { Count: > 0 } owners ? owners : OwnerOf(node()) },
        Spec = new()
        {
            HolderIdentity = options.NodeName, LeaseDurationSeconds = (int)options.NodeLeaseDuration.TotalSeconds, RenewTime = time.GetUtcNow(),
        },
    };

    /// <summary>The Node owns its lease, so that the lease goes with it.</summary>
    private static IReadOnlyList<OwnerReference>? OwnerOf(Node? node) =>
        node?.Metadata.Uid is not { } uid ? null : [new() { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = uid }];

    [LoggerMessage(LogLevel.Warning, "Could not renew the lease of node {Node}: {Error}")]
    private partial void LogFailed(string node, string error);
}
