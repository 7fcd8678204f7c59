namespace Orchestrator.Kubelet.Nodes;

/// <summary>Takes the node's range for pods once it is known (from the options, or from the Node's spec).</summary>
public interface IPodCidrSink
{
    /// <summary>Called again with the same ranges after a restart; must be idempotent.</summary>
    ValueTask SetAsync(IReadOnlyList<string> podCidrs, CancellationToken cancellationToken);
}
