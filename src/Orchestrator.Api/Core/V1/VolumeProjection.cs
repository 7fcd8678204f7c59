namespace Orchestrator.Api.Core.V1;

/// <summary>One source of a projected volume.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeProjection")]
public sealed record VolumeProjection
{
    /// <summary>Data of a secret.</summary>
    [Proto(1)]
    public SecretProjection? Secret { get; init; }

    /// <summary>Fields of the pod as files.</summary>
    [Proto(2)]
    public DownwardAPIProjection? DownwardAPI { get; init; }

    /// <summary>Data of a config map.</summary>
    [Proto(3)]
    public ConfigMapProjection? ConfigMap { get; init; }

    /// <summary>Token of the service account.</summary>
    [Proto(4)]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    /// <summary>Certificates to trust.</summary>
    [Proto(5)]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }

    /// <summary>Key and certificate of the pod.</summary>
    [Proto(6)]
    public PodCertificateProjection? PodCertificate { get; init; }
}
