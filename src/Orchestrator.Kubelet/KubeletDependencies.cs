using Orchestrator.Client.Informers;
using Orchestrator.Kubelet.Nodes;

namespace Orchestrator.Kubelet;

/// <summary>What a kubelet is given to work with. It owns none of it.</summary>
public sealed record KubeletDependencies
{
    public required IApiClient Client { get; init; }

    /// <summary>Run by the caller, who may share it with the proxy and DNS of the same node.</summary>
    public required IInformerFactory Informers { get; init; }

    public required Cri.IRuntimeService Runtime { get; init; }
    public required Cri.IImageService Images { get; init; }
    public IPodCidrSink? PodCidrSink { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads probes; used under a lock on itself.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Logs { get; init; }
}
