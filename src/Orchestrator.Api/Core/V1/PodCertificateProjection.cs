namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodCertificateProjection")]
public sealed record PodCertificateProjection
{
    [Proto(1), Required]
    public string? SignerName { get; init; }

    [Proto(2), Required]
    public string? KeyType { get; init; }

    [Proto(3)]
    public int? MaxExpirationSeconds { get; init; }

    [Proto(4)]
    public string? CredentialBundlePath { get; init; }

    [Proto(5)]
    public string? KeyPath { get; init; }

    [Proto(6)]
    public string? CertificateChainPath { get; init; }

    [Proto(7)]
    public IReadOnlyDictionary<string, string>? UserAnnotations { get; init; }
}
