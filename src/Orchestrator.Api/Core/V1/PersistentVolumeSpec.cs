namespace Orchestrator.Api.Core.V1;

/// <summary>What a volume is.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeSpec")]
public sealed record PersistentVolumeSpec
{
    /// <summary>All there is.</summary>
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    /// <summary>Disk of Google Compute Engine. Deprecated.</summary>
    [Proto(2, 1)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>Disk of AWS. Deprecated.</summary>
    [Proto(2, 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>Directory or file of the node.</summary>
    [Proto(2, 3)]
    public HostPathVolumeSource? HostPath { get; init; }

    /// <summary>GlusterFS volume. Deprecated.</summary>
    [Proto(2, 4)]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    /// <summary>NFS export.</summary>
    [Proto(2, 5)]
    public NFSVolumeSource? Nfs { get; init; }

    /// <summary>RADOS block device. Deprecated.</summary>
    [Proto(2, 6)]
    public RBDPersistentVolumeSource? Rbd { get; init; }

    /// <summary>iSCSI disk.</summary>
    [Proto(2, 7)]
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }

    /// <summary>OpenStack Cinder volume. Deprecated.</summary>
    [Proto(2, 8)]
    public CinderPersistentVolumeSource? Cinder { get; init; }

    /// <summary>CephFS mount. Deprecated.</summary>
    [Proto(2, 9)]
    public CephFSPersistentVolumeSource? Cephfs { get; init; }

    /// <summary>Fibre Channel disk.</summary>
    [Proto(2, 10)]
    public FCVolumeSource? Fc { get; init; }

    /// <summary>Flocker volume. Deprecated.</summary>
    [Proto(2, 11)]
    public FlockerVolumeSource? Flocker { get; init; }

    /// <summary>Volume of an exec driver. Deprecated.</summary>
    [Proto(2, 12)]
    public FlexPersistentVolumeSource? FlexVolume { get; init; }

    /// <summary>Azure file share. Deprecated.</summary>
    [Proto(2, 13)]
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }

    /// <summary>vSphere volume. Deprecated.</summary>
    [Proto(2, 14)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>Quobyte mount. Deprecated.</summary>
    [Proto(2, 15)]
    public QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>Azure disk. Deprecated.</summary>
    [Proto(2, 16)]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>Photon disk. Deprecated.</summary>
    [Proto(2, 17)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>Portworx volume. Deprecated.</summary>
    [Proto(2, 18)]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>ScaleIO volume. Deprecated.</summary>
    [Proto(2, 19)]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    /// <summary>Disk, partition or directory of one node.</summary>
    [Proto(2, 20)]
    public LocalVolumeSource? Local { get; init; }

    /// <summary>StorageOS volume. Deprecated.</summary>
    [Proto(2, 21)]
    public StorageOSPersistentVolumeSource? Storageos { get; init; }

    /// <summary>Volume of a CSI driver.</summary>
    [Proto(2, 22)]
    public CSIPersistentVolumeSource? Csi { get; init; }

    /// <summary>How the volume may be mounted.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    /// <summary>The claim the volume is bound to.</summary>
    [Proto(4)]
    public ObjectReference? ClaimRef { get; init; }

    /// <summary>What happens to the volume when its claim goes: Retain, Delete or Recycle.</summary>
    [Proto(5), Default("Retain")]
    public string? PersistentVolumeReclaimPolicy { get; init; }

    /// <summary>Name of the storage class.</summary>
    [Proto(6)]
    public string? StorageClassName { get; init; }

    /// <summary>Options for mounting.</summary>
    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? MountOptions { get; init; }

    /// <summary>Filesystem or Block.</summary>
    [Proto(8), Default("Filesystem")]
    public string? VolumeMode { get; init; }

    /// <summary>Which nodes are required or preferred.</summary>
    [Proto(9)]
    public VolumeNodeAffinity? NodeAffinity { get; init; }

    /// <summary>Name of the volume attributes class.</summary>
    [Proto(10)]
    public string? VolumeAttributesClassName { get; init; }
}
