namespace Orchestrator.Kubelet.Volumes;

/// <summary>A file that a volume shows.</summary>
/// <param name="Path">Relative to the volume, with / between parts.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="OwnerUid">The user it is for, when not root.</param>
internal sealed record VolumeFile(string Path, byte[] Content, int Mode, long? OwnerUid = null);
