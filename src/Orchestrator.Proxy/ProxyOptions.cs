using System.Net;

namespace Orchestrator.Proxy;

/// <summary>How one proxy works. It owns one table in the network namespace it runs in and touches nothing else.</summary>
public sealed record ProxyOptions
{
    public string TableName { get; init; } = "orc-proxy";

    /// <summary>The node whose endpoints are local; empty on a machine that is no node, which then has none.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>
    /// Range of pod addresses. Traffic to ClusterIPs from outside it takes this machine's address, so that replies return here.
    /// Null: such traffic keeps its source.
    /// </summary>
    public IPNetwork? PodRange { get; init; }

    /// <summary>Packet mark of traffic whose source is to be replaced; bit 14, as in kube-proxy.</summary>
    public uint MasqueradeMark { get; init; } = 0x4000;

    /// <summary>How long changes are gathered before they are written; a rollout then costs few transactions.</summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>After a transaction was refused: the first and the longest pause before everything is written anew.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);
}
