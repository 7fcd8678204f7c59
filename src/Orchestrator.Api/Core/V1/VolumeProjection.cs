namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeProjection")]
public sealed record VolumeProjection
{
    [Proto(1)]
    public SecretProjection? Secret { get; init; }

    [Proto(2)]
    public DownwardAPIProjection? DownwardAPI { get; init; }

    [Proto(3)]
    public ConfigMapProjection? ConfigMap { get; init; }

    [Proto(4)]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    [Proto(5)]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }

    [Proto(6)]
    public PodCertificateProjection? PodCertificate { get; init; }
}
