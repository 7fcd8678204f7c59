using Orchestrator.Client.LeaderElection;

namespace Orchestrator.Controllers;

/// <summary>Settings of the controller manager; defaults are Kubernetes' unless a comment says otherwise.</summary>
public sealed record ControllerManagerOptions
{
    /// <summary>Who we are for leader election; null runs without it (only where no second instance can exist).</summary>
    public string? LeaderElectionIdentity { get; init; }

    /// <summary>How long others wait after a leader fell silent. Labs with several servers pass less.</summary>
    public TimeSpan LeaderLeaseDuration { get; init; } = LeaderElectionOptions.DefaultLeaseDuration;

    /// <summary>The range nodes get their pod ranges from; null leaves nodes as they are.</summary>
    public string? ClusterCidr { get; init; } = "10.244.0.0/16";

    /// <summary>Size of one node's pod range, as a prefix length.</summary>
    public int NodeCidrMaskSize { get; init; } = 24;

    /// <summary>A node whose Lease and status are silent for this long is not ready. Labs pass less.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A new node has this long before the same is held against it.</summary>
    public TimeSpan NodeStartupGracePeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ended pods that nobody owns are kept up to this number.</summary>
    public int TerminatedPodThreshold { get; init; } = 12_500;

    /// <summary>How often pods of gone nodes are looked for.</summary>
    public TimeSpan PodGcPeriod { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>PEM of the authority that signs the API server's certificate, published to every namespace; null publishes nothing.</summary>
    public string? RootCertificateAuthorityPem { get; init; }

    /// <summary>Address of the cluster DNS Service; null where DNS is someone else's.</summary>
    public string? ClusterDnsIp { get; init; } = "10.96.0.10";

    /// <summary>Kubernetes has 20; each asks the server before it deletes.</summary>
    public int GarbageCollectorWorkers { get; init; } = 20;

    /// <summary>Objects a controller reconciles at the same time.</summary>
    public int Workers { get; init; } = 5;
}
