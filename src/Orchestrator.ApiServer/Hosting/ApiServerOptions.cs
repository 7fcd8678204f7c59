using System.Net;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Storage.Retention;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>Settings of one API server.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Where to listen; port 0 picks a free one. None: requests come through <see cref="ApiServerHost.HandleAsync"/> alone.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Loopback, 6443)];

    /// <summary>
    /// Other servers of this machine may listen on the same addresses (SO_REUSEPORT, socket(7)): the kernel gives each connection to
    /// one of those that live, so the address outlives any of them.
    /// </summary>
    public bool SharePort { get; init; }

    /// <summary>Certificate with private key for TLS; null serves plain HTTP (tests).</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>Where clients reach this server: in kubeconfigs and the Endpoints of Service default/kubernetes.</summary>
    public IPEndPoint? Advertise { get; init; }

    /// <summary>ClusterIPs come from here. Kubernetes' usual choice.</summary>
    public IPNetwork ServiceCidr { get; init; } = new(IPAddress.Parse("10.96.0.0"), 16);

    /// <summary>First and last node port. Kubernetes' default.</summary>
    public (int First, int Last) NodePorts { get; init; } = (30000, 32767);

    /// <summary>Largest request body. Kubernetes' limit.</summary>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>How long a request other than a watch or a stream may take. kube-apiserver's --request-timeout.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A watch without timeoutSeconds ends after this to twice this time. kube-apiserver's --min-request-timeout.</summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often an idle watch that allows bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events per kind kept in memory for watches that resume.</summary>
    public int WatchHistoryEvents { get; init; } = 10_000;

    /// <summary>How long they are kept at most. Who comes back later is served from the store.</summary>
    public TimeSpan WatchHistoryAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How much history the store keeps.</summary>
    public RetentionPolicy Retention { get; init; } = new();

    /// <summary>Whether each write stores who made it and why; without, <c>orc why</c> knows nothing.</summary>
    public bool RecordCauses { get; init; } = true;

    /// <summary>Seed of name suffixes, UIDs and jitter; null takes one from the system.</summary>
    public int? RandomSeed { get; init; }
}
