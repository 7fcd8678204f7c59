using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Linux.Files;
using Orchestrator.Network.Lab;

namespace Orchestrator.Cli.Lab;

/// <summary>What a lab is made of; written once, changed when nodes are added or removed, and what a resumed lab starts from.</summary>
internal sealed record LabDefinition
{
    public required string Name { get; init; }

    /// <summary>"sqlite", "etcd" (started and kept by the lab) or endpoints of an etcd cluster.</summary>
    public required string Store { get; init; }

    /// <summary>How to be let in to an etcd that is not the lab's own; null when it asks for nothing.</summary>
    public LabStoreAccess? StoreAccess { get; init; }

    /// <summary>The members of the lab's own etcd; null when it has none.</summary>
    public IReadOnlyList<LabEtcdMember>? Etcd { get; init; }

    /// <summary>How many control planes there are; null means one.</summary>
    public int? ServerCount { get; init; }

    /// <summary>How much history its store keeps; null takes the defaults.</summary>
    public LabHistory? History { get; init; }

    /// <summary>Subnet of the lab's bridge, e.g. "172.30.0.0/24".</summary>
    public required string NodeCidr { get; init; }

    public required string PodCidr { get; init; }
    public required string ServiceCidr { get; init; }

    /// <summary>The host on the lab's bridge: where nodes reach the API server, whichever of several it is.</summary>
    public required string HostAddress { get; init; }

    public required int ApiServerPort { get; init; }

    /// <summary>ClusterIP of Service kube-system/kube-dns.</summary>
    public required string DnsAddress { get; init; }

    public required IReadOnlyList<LabNodeDefinition> Nodes { get; init; }

    /// <summary>The kubeconfig its context was merged into.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>The value of --store for the control plane.</summary>
    [JsonIgnore]
    public string StoreAddress => Etcd is { } members ? string.Join(',', members.Select(member => member.ClientUrl)) : Store;

    /// <summary>The control planes. Several share the lab's address and port, and each has an address of its own beside it.</summary>
    [JsonIgnore]
    public IReadOnlyList<LabServer> Servers => ServerCount is null or 1
        ? [new(LabComponents.ControlPlaneName, HostAddress)]
        : [.. Enumerable.Range(1, ServerCount.Value).Select(number => new LabServer(
            $"{LabComponents.ControlPlaneName}-{number}", LabSubnets.HostAddressOf(Ranges.Nodes, number + 1).ToString()))];

    [JsonIgnore]
    public bool HasSeveralServers => ServerCount > 1;

    [JsonIgnore]
    public string ServerUrl => $"https://127.0.0.1:{ApiServerPort}";

    [JsonIgnore]
    public string ContextName => $"orc-{Name}";

    /// <summary>The nftables table of the Service rules that the host itself follows.</summary>
    [JsonIgnore]
    public string HostProxyTable => $"orc-{Name}-proxy";

    [JsonIgnore]
    public LabRanges Ranges => new(IPNetwork.Parse(NodeCidr), IPNetwork.Parse(PodCidr), IPNetwork.Parse(ServiceCidr));

    public static LabDefinition? TryLoad(LabPaths paths) =>
        File.Exists(paths.DefinitionFile)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(paths.DefinitionFile), LabJsonContext.Default.LabDefinition)
            : null;

    public void Save(LabPaths paths)
    {
        Directory.CreateDirectory(paths.Root);
        DurableFile.Replace(
            paths.DefinitionFile, JsonSerializer.SerializeToUtf8Bytes(this, LabJsonContext.Default.LabDefinition), DurableFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }
}

/// <summary>One node of a lab.</summary>
/// <param name="Index">From 1; stable, decides its addresses.</param>
/// <param name="Cpus">Capacity in CPUs; null takes the machine's.</param>
/// <param name="MemoryBytes">Capacity in bytes; null takes the machine's.</param>
internal sealed record LabNodeDefinition(string Name, int Index, string Address, string PodCidr, double? Cpus, long? MemoryBytes);

/// <summary>A control plane of a lab.</summary>
/// <param name="Address">Its own address on the lab's bridge.</param>
internal sealed record LabServer(string Name, string Address);

/// <summary>A member of a lab's own etcd, and its ports on loopback.</summary>
internal sealed record LabEtcdMember(string Name, int ClientPort, int PeerPort)
{
    [JsonIgnore]
    public string ClientUrl => $"https://127.0.0.1:{ClientPort}";

    [JsonIgnore]
    public string PeerUrl => $"https://127.0.0.1:{PeerPort}";
}

/// <summary>Files and names that an etcd asks its clients for; each may be null.</summary>
internal sealed record LabStoreAccess(string? CaFile, string? CertificateFile, string? KeyFile, string? User, string? PasswordFile);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LabDefinition))]
internal sealed partial class LabJsonContext : JsonSerializerContext;
