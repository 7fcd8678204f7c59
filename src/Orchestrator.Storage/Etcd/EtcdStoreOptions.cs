using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Etcd;

/// <summary>Where an etcd cluster is and how to reach it.</summary>
public sealed record EtcdStoreOptions
{
    /// <summary>One or more members, http or https. Calls go to one of them until it fails, then to the next.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>PEM file with the authorities that may have signed the members' certificates; null means the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with this client's certificate; with <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>For clusters with authentication enabled; with <see cref="Password"/>.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>How long one attempt at one member may take. etcd itself gives up on a proposal after about seven seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a call that may be repeated goes round the members while at least one answers: long enough for an election, short
    /// enough for a person who waits.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>After this long without any answer, while calls wait, a member is asked whether it is there at all.</summary>
    public TimeSpan ProbeDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it has for that; then it is abandoned, and whatever waits for it fails.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection with open calls that is silent for this long is sent an HTTP/2 ping. Below five seconds etcd hangs up
    /// (its --grpc-keepalive-min-time).
    /// </summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long the answer to that ping may take before the connection counts as lost.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause after every member has failed in turn.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long the watch may stand still behind what reads have shown before its connection is given up and another
    /// member is asked: a member cut off from its cluster keeps a watch open and silent.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public WatchOptions Watch { get; init; } = new();
}
