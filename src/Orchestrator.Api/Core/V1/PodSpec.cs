namespace Orchestrator.Api.Core.V1;

/// <summary>What a pod should be.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodSpec")]
public sealed record PodSpec
{
    /// <summary>Volumes that containers can mount.</summary>
    [Proto(1), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<Volume>? Volumes { get; init; }

    /// <summary>Containers that run side by side; at least one.</summary>
    [Proto(2), Required, ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<Container>? Containers { get; init; }

    /// <summary>When containers are started again: Always, OnFailure or Never.</summary>
    [Proto(3), Default("Always")]
    public string? RestartPolicy { get; init; }

    /// <summary>Seconds between the request to end and the kill.</summary>
    [Proto(4), Default(30)]
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Seconds after its start at which the pod is ended as failed.</summary>
    [Proto(5)]
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>How names are resolved: ClusterFirst, ClusterFirstWithHostNet, Default or None.</summary>
    [Proto(6), Default("ClusterFirst")]
    public string? DnsPolicy { get; init; }

    /// <summary>Labels the node must have.</summary>
    [Proto(7), MapAtomic]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Service account the pod runs as.</summary>
    [Proto(8)]
    public string? ServiceAccountName { get; init; }

    /// <summary>Deprecated: use serviceAccountName.</summary>
    [Proto(9)]
    public string? ServiceAccount { get; init; }

    /// <summary>Node the pod runs on; set by the scheduler.</summary>
    [Proto(10)]
    public string? NodeName { get; init; }

    /// <summary>Uses the node's network namespace.</summary>
    [Proto(11)]
    public bool? HostNetwork { get; init; }

    /// <summary>Uses the node's process namespace.</summary>
    [Proto(12)]
    public bool? HostPID { get; init; }

    /// <summary>Uses the node's IPC namespace.</summary>
    [Proto(13)]
    public bool? HostIPC { get; init; }

    /// <summary>Rights and identity of all containers.</summary>
    [Proto(14), Default("{}", Json = true)]
    public PodSecurityContext? SecurityContext { get; init; }

    /// <summary>Secrets with registry credentials.</summary>
    [Proto(15), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    /// <summary>Host name of the pod; its name when left out.</summary>
    [Proto(16)]
    public string? Hostname { get; init; }

    /// <summary>Makes the pod's name hostname.subdomain.namespace.svc.domain.</summary>
    [Proto(17)]
    public string? Subdomain { get; init; }

    /// <summary>Rules that attract and repel.</summary>
    [Proto(18)]
    public Affinity? Affinity { get; init; }

    /// <summary>Scheduler that places the pod.</summary>
    [Proto(19), Default("default-scheduler")]
    public string? SchedulerName { get; init; }

    /// <summary>Containers that run one after another before the others; with restartPolicy Always they go on as sidecars.</summary>
    [Proto(20), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<Container>? InitContainers { get; init; }

    /// <summary>Whether a token of the service account is mounted into pods.</summary>
    [Proto(21)]
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>Taints the pod puts up with.</summary>
    [Proto(22), ListAtomic]
    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    /// <summary>Lines added to /etc/hosts.</summary>
    [Proto(23), ListMap("ip"), PatchMerge("ip")]
    public IReadOnlyList<HostAlias>? HostAliases { get; init; }

    /// <summary>Name of the priority class.</summary>
    [Proto(24)]
    public string? PriorityClassName { get; init; }

    /// <summary>Priority; higher comes first.</summary>
    [Proto(25)]
    public int? Priority { get; init; }

    /// <summary>DNS settings on top of the policy.</summary>
    [Proto(26)]
    public PodDNSConfig? DnsConfig { get; init; }

    /// <summary>Containers see each other's processes.</summary>
    [Proto(27)]
    public bool? ShareProcessNamespace { get; init; }

    /// <summary>Further conditions for the pod to be ready.</summary>
    [Proto(28), ListAtomic]
    public IReadOnlyList<PodReadinessGate>? ReadinessGates { get; init; }

    /// <summary>Runtime class to run the pod with.</summary>
    [Proto(29)]
    public string? RuntimeClassName { get; init; }

    /// <summary>Whether Services appear as environment variables.</summary>
    [Proto(30), Default(true)]
    public bool? EnableServiceLinks { get; init; }

    /// <summary>Whether pods of lower priority may be ended for this one.</summary>
    [Proto(31)]
    public string? PreemptionPolicy { get; init; }

    /// <summary>Resources the pod needs beside its containers'.</summary>
    [Proto(32)]
    public IReadOnlyDictionary<string, Quantity>? Overhead { get; init; }

    /// <summary>How matching pods spread over domains.</summary>
    [Proto(33), ListMap("topologyKey", "whenUnsatisfiable"), PatchMerge("topologyKey")]
    public IReadOnlyList<TopologySpreadConstraint>? TopologySpreadConstraints { get; init; }

    /// <summary>Containers added to a running pod for a look inside.</summary>
    [Proto(34), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<EphemeralContainer>? EphemeralContainers { get; init; }

    /// <summary>The host name is the full domain name.</summary>
    [Proto(35)]
    public bool? SetHostnameAsFQDN { get; init; }

    /// <summary>Operating system of the containers.</summary>
    [Proto(36)]
    public PodOS? Os { get; init; }

    /// <summary>False gives the pod a user namespace of its own.</summary>
    [Proto(37)]
    public bool? HostUsers { get; init; }

    /// <summary>The pod is not placed until the list is empty.</summary>
    [Proto(38), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<PodSchedulingGate>? SchedulingGates { get; init; }

    /// <summary>Resource claims of the pod.</summary>
    [Proto(39), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<PodResourceClaim>? ResourceClaims { get; init; }

    /// <summary>Requests and limits of the pod as a whole.</summary>
    [Proto(40)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Host name of the pod, whatever its name.</summary>
    [Proto(41)]
    public string? HostnameOverride { get; init; }

    /// <summary>Group of pods that are placed together.</summary>
    [Proto(43)]
    public PodSchedulingGroup? SchedulingGroup { get; init; }
}
