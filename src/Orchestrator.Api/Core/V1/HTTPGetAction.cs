namespace Orchestrator.Api.Core.V1;

/// <summary>An HTTP GET request.</summary>
[ProtoMessage("k8s.io.api.core.v1.HTTPGetAction")]
public sealed record HTTPGetAction
{
    /// <summary>Path of the URL.</summary>
    [Proto(1), Default("/")]
    public string? Path { get; init; }

    /// <summary>Port number or name.</summary>
    [Proto(2), Required]
    public IntOrString? Port { get; init; }

    /// <summary>Host name or address.</summary>
    [Proto(3)]
    public string? Host { get; init; }

    /// <summary>HTTP or HTTPS.</summary>
    [Proto(4), Default("HTTP")]
    public string? Scheme { get; init; }

    /// <summary>Headers to send.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<HTTPHeader>? HttpHeaders { get; init; }
}
