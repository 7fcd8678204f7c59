namespace Orchestrator.Api.Core.V1;

/// <summary>Storage that the containers of a pod can mount.</summary>
[ProtoMessage("k8s.io.api.core.v1.Volume")]
public sealed record Volume
{
    /// <summary>Name of the volume, unique in the pod.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Directory or file of the node.</summary>
    [Proto(2, 1)]
    public HostPathVolumeSource? HostPath { get; init; }

    /// <summary>Empty directory that lives as long as the pod.</summary>
    [Proto(2, 2)]
    public EmptyDirVolumeSource? EmptyDir { get; init; }

    /// <summary>Disk of Google Compute Engine. Deprecated.</summary>
    [Proto(2, 3)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>Disk of AWS. Deprecated.</summary>
    [Proto(2, 4)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>Clone of a repository. Deprecated.</summary>
    [Proto(2, 5)]
    public GitRepoVolumeSource? GitRepo { get; init; }

    /// <summary>Data of a secret.</summary>
    [Proto(2, 6)]
    public SecretVolumeSource? Secret { get; init; }

    /// <summary>NFS export.</summary>
    [Proto(2, 7)]
    public NFSVolumeSource? Nfs { get; init; }

    /// <summary>iSCSI disk.</summary>
    [Proto(2, 8)]
    public ISCSIVolumeSource? Iscsi { get; init; }

    /// <summary>GlusterFS volume. Deprecated.</summary>
    [Proto(2, 9)]
    public GlusterfsVolumeSource? Glusterfs { get; init; }

    /// <summary>Volume of a claim.</summary>
    [Proto(2, 10)]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    /// <summary>RADOS block device. Deprecated.</summary>
    [Proto(2, 11)]
    public RBDVolumeSource? Rbd { get; init; }

    /// <summary>Volume of an exec driver. Deprecated.</summary>
    [Proto(2, 12)]
    public FlexVolumeSource? FlexVolume { get; init; }

    /// <summary>OpenStack Cinder volume. Deprecated.</summary>
    [Proto(2, 13)]
    public CinderVolumeSource? Cinder { get; init; }

    /// <summary>CephFS mount. Deprecated.</summary>
    [Proto(2, 14)]
    public CephFSVolumeSource? Cephfs { get; init; }

    /// <summary>Flocker volume. Deprecated.</summary>
    [Proto(2, 15)]
    public FlockerVolumeSource? Flocker { get; init; }

    /// <summary>Fields of the pod as files.</summary>
    [Proto(2, 16)]
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }

    /// <summary>Fibre Channel disk.</summary>
    [Proto(2, 17)]
    public FCVolumeSource? Fc { get; init; }

    /// <summary>Azure file share. Deprecated.</summary>
    [Proto(2, 18)]
    public AzureFileVolumeSource? AzureFile { get; init; }

    /// <summary>Data of a config map.</summary>
    [Proto(2, 19)]
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>vSphere volume. Deprecated.</summary>
    [Proto(2, 20)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>Quobyte mount. Deprecated.</summary>
    [Proto(2, 21)]
    public QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>Azure disk. Deprecated.</summary>
    [Proto(2, 22)]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>Photon disk. Deprecated.</summary>
    [Proto(2, 23)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>Portworx volume. Deprecated.</summary>
    [Proto(2, 24)]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>ScaleIO volume. Deprecated.</summary>
    [Proto(2, 25)]
    public ScaleIOVolumeSource? ScaleIO { get; init; }

    /// <summary>Several sources in one directory.</summary>
    [Proto(2, 26)]
    public ProjectedVolumeSource? Projected { get; init; }

    /// <summary>StorageOS volume. Deprecated.</summary>
    [Proto(2, 27)]
    public StorageOSVolumeSource? Storageos { get; init; }

    /// <summary>Volume of a CSI driver.</summary>
    [Proto(2, 28)]
    public CSIVolumeSource? Csi { get; init; }

    /// <summary>Volume made for the pod and gone with it.</summary>
    [Proto(2, 29)]
    public EphemeralVolumeSource? Ephemeral { get; init; }

    /// <summary>Container image.</summary>
    [Proto(2, 30)]
    public ImageVolumeSource? Image { get; init; }
}
