namespace Orchestrator.Kubelet.Volumes;

/// <summary>
/// Gives a container a part of a volume without letting links inside the volume lead out of it, even when another container
/// changes them meanwhile.
/// </summary>
internal interface ISubPathBinder
{
    /// <summary>A path to mount that is pinned to the file or directory at <paramref name="subPath"/>; a missing directory is made.</summary>
    /// <exception cref="Containers.ContainerConfigException">The path leads out of the volume or cannot be made.</exception>
    string Bind(string podUid, string container, int index, MountedVolume volume, string subPath);

    /// <summary>Gives up what was bound for a container (all of the pod's when null). Nothing bound is no error.</summary>
    void Release(string podUid, string? container);
}
