namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodCertificateProjection")]
public sealed record PodCertificateProjection
{
    /// <summary>Name of the signer.</summary>
    [Proto(1), Required]
    public string? SignerName { get; init; }

    /// <summary>Type of the key to make.</summary>
    [Proto(2), Required]
    public string? KeyType { get; init; }

    /// <summary>Longest life of the certificate in seconds.</summary>
    [Proto(3)]
    public int? MaxExpirationSeconds { get; init; }

    /// <summary>File for key and certificates together.</summary>
    [Proto(4)]
    public string? CredentialBundlePath { get; init; }

    /// <summary>File for the key.</summary>
    [Proto(5)]
    public string? KeyPath { get; init; }

    /// <summary>File for the certificates.</summary>
    [Proto(6)]
    public string? CertificateChainPath { get; init; }

    /// <summary>Annotations handed to the signer.</summary>
    [Proto(7)]
    public IReadOnlyDictionary<string, string>? UserAnnotations { get; init; }
}
