using System.Collections.Immutable;
using System.Net;
using Orchestrator.Api;

namespace Orchestrator.Proxy.Services;

/// <summary>Identity of one port of a Service.</summary>
/// <param name="Protocol">"TCP", "UDP" or "SCTP".</param>
public readonly record struct ServicePortKey(ObjectKey Service, string PortName, string Protocol)
{
    public override string ToString() => $"{Service}:{PortName}/{Protocol}";
}

/// <summary>
/// One port of a Service as the rules need it: where traffic arrives and where it goes. Built by <see cref="ServicePorts"/>;
/// holds addresses of one IP family.
/// </summary>
public sealed record ServicePort
{
    public required ServicePortKey Key { get; init; }

    public required int Port { get; init; }

    public required IPAddress ClusterIP { get; init; }

    /// <summary>0 if there is none.</summary>
    public int NodePort { get; init; }

    public ImmutableArray<IPAddress> ExternalIPs { get; init; } = [];

    public ImmutableArray<IPAddress> LoadBalancerIPs { get; init; } = [];

    /// <summary>Who may reach the load balancer addresses; empty for everybody.</summary>
    public ImmutableArray<IPNetwork> SourceRanges { get; init; } = [];

    /// <summary>How long a client sticks to its endpoint after its last connection; null for not at all.</summary>
    public TimeSpan? AffinityTimeout { get; init; }

    /// <summary>internalTrafficPolicy: Local.</summary>
    public bool InternalLocal { get; init; }

    /// <summary>externalTrafficPolicy: Local.</summary>
    public bool ExternalLocal { get; init; }

    /// <summary>Endpoints for traffic that may go to any node.</summary>
    public ImmutableArray<IPEndPoint> ClusterEndpoints { get; init; } = [];

    /// <summary>Endpoints on this node, for traffic that has to stay on it.</summary>
    public ImmutableArray<IPEndPoint> LocalEndpoints { get; init; } = [];

    /// <summary>Whether any node has a usable endpoint: without one traffic is rejected, without a local one it is dropped.</summary>
    public bool HasEndpointsAnywhere { get; init; }

    public bool HasExternalAddress => NodePort != 0 || !ExternalIPs.IsEmpty || !LoadBalancerIPs.IsEmpty;
}
