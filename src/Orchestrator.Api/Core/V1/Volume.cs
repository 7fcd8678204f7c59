namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Volume")]
public sealed record Volume
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2, 1)]
    public HostPathVolumeSource? HostPath { get; init; }

    [Proto(2, 2)]
    public EmptyDirVolumeSource? EmptyDir { get; init; }

    [Proto(2, 3)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    [Proto(2, 4)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    [Proto(2, 5)]
    public GitRepoVolumeSource? GitRepo { get; init; }

    [Proto(2, 6)]
    public SecretVolumeSource? Secret { get; init; }

    [Proto(2, 7)]
    public NFSVolumeSource? Nfs { get; init; }

    [Proto(2, 8)]
    public ISCSIVolumeSource? Iscsi { get; init; }

    [Proto(2, 9)]
    public GlusterfsVolumeSource? Glusterfs { get; init; }

    [Proto(2, 10)]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    [Proto(2, 11)]
    public RBDVolumeSource? Rbd { get; init; }

    [Proto(2, 12)]
    public FlexVolumeSource? FlexVolume { get; init; }

    [Proto(2, 13)]
    public CinderVolumeSource? Cinder { get; init; }

    [Proto(2, 14)]
    public CephFSVolumeSource? Cephfs { get; init; }

    [Proto(2, 15)]
    public FlockerVolumeSource? Flocker { get; init; }

    [Proto(2, 16)]
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }

    [Proto(2, 17)]
    public FCVolumeSource? Fc { get; init; }

    [Proto(2, 18)]
    public AzureFileVolumeSource? AzureFile { get; init; }

    [Proto(2, 19)]
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    [Proto(2, 20)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    [Proto(2, 21)]
    public QuobyteVolumeSource? Quobyte { get; init; }

    [Proto(2, 22)]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    [Proto(2, 23)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    [Proto(2, 24)]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    [Proto(2, 25)]
    public ScaleIOVolumeSource? ScaleIO { get; init; }

    [Proto(2, 26)]
    public ProjectedVolumeSource? Projected { get; init; }

    [Proto(2, 27)]
    public StorageOSVolumeSource? Storageos { get; init; }

    [Proto(2, 28)]
    public CSIVolumeSource? Csi { get; init; }

    [Proto(2, 29)]
    public EphemeralVolumeSource? Ephemeral { get; init; }

    [Proto(2, 30)]
    public ImageVolumeSource? Image { get; init; }
}
