namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeSpec")]
public sealed record PersistentVolumeSpec
{
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    [Proto(2, 1)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    [Proto(2, 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    [Proto(2, 3)]
    public HostPathVolumeSource? HostPath { get; init; }

    [Proto(2, 4)]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    [Proto(2, 5)]
    public NFSVolumeSource? Nfs { get; init; }

    [Proto(2, 6)]
    public RBDPersistentVolumeSource? Rbd { get; init; }

    [Proto(2, 7)]
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }

    [Proto(2, 8)]
    public CinderPersistentVolumeSource? Cinder { get; init; }

    [Proto(2, 9)]
    public CephFSPersistentVolumeSource? Cephfs { get; init; }

    [Proto(2, 10)]
    public FCVolumeSource? Fc { get; init; }

    [Proto(2, 11)]
    public FlockerVolumeSource? Flocker { get; init; }

    [Proto(2, 12)]
    public FlexPersistentVolumeSource? FlexVolume { get; init; }

    [Proto(2, 13)]
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }

    [Proto(2, 14)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    [Proto(2, 15)]
    public QuobyteVolumeSource? Quobyte { get; init; }

    [Proto(2, 16)]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    [Proto(2, 17)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    [Proto(2, 18)]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    [Proto(2, 19)]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    [Proto(2, 20)]
    public LocalVolumeSource? Local { get; init; }

    [Proto(2, 21)]
    public StorageOSPersistentVolumeSource? Storageos { get; init; }

    [Proto(2, 22)]
    public CSIPersistentVolumeSource? Csi { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    [Proto(4)]
    public ObjectReference? ClaimRef { get; init; }

    [Proto(5), Default("Retain")]
    public string? PersistentVolumeReclaimPolicy { get; init; }

    [Proto(6)]
    public string? StorageClassName { get; init; }

    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? MountOptions { get; init; }

    [Proto(8), Default("Filesystem")]
    public string? VolumeMode { get; init; }

    [Proto(9)]
    public VolumeNodeAffinity? NodeAffinity { get; init; }

    [Proto(10)]
    public string? VolumeAttributesClassName { get; init; }
}
