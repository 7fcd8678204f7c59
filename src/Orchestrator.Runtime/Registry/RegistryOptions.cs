namespace Orchestrator.Runtime.Registry;

/// <summary>How registries are spoken to.</summary>
public sealed record RegistryOptions
{
    /// <summary>Hosts (with port, if any) that speak plain HTTP. Loopback hosts always may.</summary>
    public IReadOnlyList<string> InsecureHosts { get; init; } = [];

    /// <summary>As containerd and docker do.</summary>
    public int ConcurrentTransfers { get; init; } = 3;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A transfer that brings nothing for so long is given up and resumed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts per request, the first one included.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Before the second attempt; doubled before each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
