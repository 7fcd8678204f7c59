namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodSpec")]
public sealed record PodSpec
{
    [Proto(1), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<Volume>? Volumes { get; init; }

    [Proto(2), Required, ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<Container>? Containers { get; init; }

    [Proto(3), Default("Always")]
    public string? RestartPolicy { get; init; }

    [Proto(4), Default(30)]
    public long? TerminationGracePeriodSeconds { get; init; }

    [Proto(5)]
    public long? ActiveDeadlineSeconds { get; init; }

    [Proto(6), Default("ClusterFirst")]
    public string? DnsPolicy { get; init; }

    [Proto(7), MapAtomic]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    [Proto(8)]
    public string? ServiceAccountName { get; init; }

    [Proto(9)]
    public string? ServiceAccount { get; init; }

    [Proto(10)]
    public string? NodeName { get; init; }

    [Proto(11)]
    public bool? HostNetwork { get; init; }

    [Proto(12)]
    public bool? HostPID { get; init; }

    [Proto(13)]
    public bool? HostIPC { get; init; }

    [Proto(14), Default("{}", Json = true)]
    public PodSecurityContext? SecurityContext { get; init; }

    [Proto(15), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    [Proto(16)]
    public string? Hostname { get; init; }

    [Proto(17)]
    public string? Subdomain { get; init; }

    [Proto(18)]
    public Affinity? Affinity { get; init; }

    [Proto(19), Default("default-scheduler")]
    public string? SchedulerName { get; init; }

    [Proto(20), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<Container>? InitContainers { get; init; }

    [Proto(21)]
    public bool? AutomountServiceAccountToken { get; init; }

    [Proto(22), ListAtomic]
    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    [Proto(23), ListMap("ip"), PatchMerge("ip")]
    public IReadOnlyList<HostAlias>? HostAliases { get; init; }

    [Proto(24)]
    public string? PriorityClassName { get; init; }

    [Proto(25)]
    public int? Priority { get; init; }

    [Proto(26)]
    public PodDNSConfig? DnsConfig { get; init; }

    [Proto(27)]
    public bool? ShareProcessNamespace { get; init; }

    [Proto(28), ListAtomic]
    public IReadOnlyList<PodReadinessGate>? ReadinessGates { get; init; }

    [Proto(29)]
    public string? RuntimeClassName { get; init; }

    [Proto(30), Default(true)]
    public bool? EnableServiceLinks { get; init; }

    [Proto(31)]
    public string? PreemptionPolicy { get; init; }

    [Proto(32)]
    public IReadOnlyDictionary<string, Quantity>? Overhead { get; init; }

    [Proto(33), ListMap("topologyKey", "whenUnsatisfiable"), PatchMerge("topologyKey")]
    public IReadOnlyList<TopologySpreadConstraint>? TopologySpreadConstraints { get; init; }

    [Proto(34), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<EphemeralContainer>? EphemeralContainers { get; init; }

    [Proto(35)]
    public bool? SetHostnameAsFQDN { get; init; }

    [Proto(36)]
    public PodOS? Os { get; init; }

    [Proto(37)]
    public bool? HostUsers { get; init; }

    [Proto(38), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<PodSchedulingGate>? SchedulingGates { get; init; }

    [Proto(39), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<PodResourceClaim>? ResourceClaims { get; init; }

    [Proto(40)]
    public ResourceRequirements? Resources { get; init; }

    [Proto(41)]
    public string? HostnameOverride { get; init; }

    [Proto(43)]
    public PodSchedulingGroup? SchedulingGroup { get; init; }
}
