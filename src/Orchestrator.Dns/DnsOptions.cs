using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Dns;

/// <summary>How one DNS server works.</summary>
public sealed record DnsOptions
{
    /// <summary>The cluster's domain.</summary>
    public string Zone { get; init; } = "cluster.local";

    /// <summary>Where to listen, UDP and TCP.</summary>
    public ImmutableArray<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Addresses whose reverse names are ours alone: pods and Services. Others are asked upstream.</summary>
    public ImmutableArray<IPNetwork> OwnRanges { get; init; } = [];

    /// <summary>Servers for names outside the cluster, in order; see <see cref="Forwarding.ResolverFile"/>. Empty: no such name resolves.</summary>
    public ImmutableArray<IPEndPoint> Upstreams { get; init; } = [];

    /// <summary>Time to live of cluster records, as in a kubeadm cluster.</summary>
    public TimeSpan RecordLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long "no such name" may be remembered; short, as a Service may be created right after the question.</summary>
    public TimeSpan NegativeLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an upstream is waited for before the next one is asked.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An upstream that did not answer is not asked again for so long, so that clients are told at once.</summary>
    public TimeSpan UpstreamRest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time an upstream's answer is remembered.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromSeconds(30);

    public int CacheEntries { get; init; } = 4096;

    /// <summary>Questions on their way upstream at once; more are answered with a failure.</summary>
    public int ForwardsAtOnce { get; init; } = 512;

    public int TcpConnections { get; init; } = 128;

    /// <summary>A TCP connection that asks nothing for so long is closed.</summary>
    public TimeSpan TcpIdle { get; init; } = TimeSpan.FromSeconds(10);
}
