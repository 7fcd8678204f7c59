namespace Orchestrator.Kubelet.Volumes;

/// <summary>A volume of a pod, ready to be mounted into containers.</summary>
/// <param name="HostPath">A directory, file, socket or device on the node.</param>
/// <param name="ReadOnly">The volume's kind or source forbids writing, whatever a mount says.</param>
internal sealed record MountedVolume(string Name, string HostPath, bool ReadOnly);

/// <summary>All volumes of one pod by name.</summary>
/// <param name="RefreshAt">When a token in them is due to be renewed.</param>
internal sealed record MountedVolumes(IReadOnlyDictionary<string, MountedVolume> ByName, DateTimeOffset? RefreshAt = null);

/// <summary>A volume cannot be made ready now; the message is for the pod's owner.</summary>
internal sealed class VolumeException(string message, Exception? innerException = null) : Exception(message, innerException);
