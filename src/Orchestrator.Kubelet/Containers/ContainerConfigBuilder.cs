using System.Text;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Resources;
using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet.Containers;

/// <summary>What a start needs to know about the pod around the container.</summary>
internal sealed record ContainerSetting(
    Pod Pod, Cri.PodSandboxStatus Sandbox, MountedVolumes Volumes, IReadOnlyList<string> PodIps, string? TargetContainerId);

/// <summary>Turns a container of a pod's spec into what the runtime is asked for. Writes the files that are mounted into it.</summary>
internal sealed class ContainerConfigBuilder(
    EnvironmentBuilder environment, ISubPathBinder subPaths, KubeletPaths paths, KubeletOptions options, Func<long> memoryCapacityBytes)
{
    private const UnixFileMode TerminationMessageMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly string[] NoPaths = [];

    /// <exception cref="ContainerConfigException">The spec cannot be honoured.</exception>
    public async Task<Cri.ContainerConfig> BuildAsync(
        ContainerSetting setting, PodContainer container, int attempt, Cri.ImageRecord image, CancellationToken cancellationToken)
    {
        var (pod, spec) = (setting.Pod, container.Spec);
        RefuseRoot(pod, spec, image);
        var variables = await environment.BuildAsync(pod, spec, setting.PodIps, cancellationToken);
        var lookup = Lookup(variables);
        return new()
        {
            Metadata = new(container.Name, attempt),
            Image = image.Id,
            UserSpecifiedImage = spec.Image ?? "",
            Command = [.. (spec.Command ?? []).Select(word => VariableExpansion.Expand(word, lookup))],
            Args = [.. (spec.Args ?? []).Select(word => VariableExpansion.Expand(word, lookup))],
            WorkingDirectory = spec.WorkingDir,
            Environment = variables,
            Mounts = MountsOf(setting, container, attempt, lookup),
            Labels = RuntimeLabels.ForContainer(pod, spec),
            Annotations = RuntimeLabels.AnnotationsForContainer(spec, attempt),
            LogPath = KubeletPaths.ContainerLog(container.Name, attempt),
            Stdin = spec.Stdin == true,
            StdinOnce = spec.StdinOnce == true,
            Tty = spec.Tty == true,
            Resources = ContainerResources.ForContainer(pod, spec, options, memoryCapacityBytes()),
            Security = SecurityOf(setting, container, image),
            StopSignal = spec.Lifecycle?.StopSignal,
        };
    }

    private List<Cri.Mount> MountsOf(ContainerSetting setting, PodContainer container, int attempt, Func<string, string?> lookup)
    {
        var (pod, spec) = (setting.Pod, container.Spec);
        var mounts = new List<Cri.Mount>();
        var index = 0;
        foreach (var mount in spec.VolumeMounts ?? [])
        {
            if (!setting.Volumes.ByName.TryGetValue(mount.Name!, out var volume))
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
            var source = SourceOf(pod, container, mount, volume, lookup, index++);
            var target = mount.MountPath!.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath;
            mounts.Add(new(source, target, mount.ReadOnly == true || volume.ReadOnly, PropagationOf(mount), IsRecursive(mount)));
        }

        if (!mounts.Exists(mount => mount.ContainerPath == "/etc/hosts"))
            mounts.Add(new(paths.EtcHosts(pod.Uid()), "/etc/hosts"));
        if (spec.TerminationMessagePath is not "")
            mounts.Add(new(CreateTerminationMessageFile(pod, container, attempt), spec.TerminationMessagePath ?? "/dev/termination-log"));
        return mounts;
    }

    private string SourceOf(Pod pod, PodContainer container, VolumeMount mount, MountedVolume volume, Func<string, string?> lookup, int index)
    {
        var subPath = mount.SubPath;
        if (mount.SubPathExpr is { Length: > 0 } expression)
        {
            subPath = VariableExpansion.Expand(expression, lookup, out var missing);
            if (missing is not null)
                throw new ContainerConfigException($"missing value for \"{missing}\"", "CreateContainerConfigError");
        }

        if (subPath is not { Length: > 0 })
            return volume.HostPath;
        if (subPath.StartsWith('/') || subPath.Split('/').Contains(".."))
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\"");
        return subPaths.Bind(pod.Uid(), container.Name, index, volume, subPath);
    }

    private string CreateTerminationMessageFile(Pod pod, PodContainer container, int attempt)
    {
        var path = paths.TerminationMessage(pod.Uid(), container.Name, attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
        // Any user of the container may write it, whatever the umask of this process is.
        File.SetUnixFileMode(path, TerminationMessageMode);
        return path;
    }

    private static Cri.ContainerSecurity SecurityOf(ContainerSetting setting, PodContainer container, Cri.ImageRecord image)
    {
        var pod = setting.Pod.Spec?.SecurityContext;
        var own = container.Spec.SecurityContext;
        var privileged = own?.Privileged == true;
        var unmasked = privileged || own?.ProcMount == "Unmasked";
        var seccomp = own?.SeccompProfile ?? pod?.SeccompProfile;
        return new()
        {
            Privileged = privileged,
            Namespaces = Sandboxes.NamespacesOf(setting.Pod, setting.TargetContainerId),
            AddCapabilities = own?.Capabilities?.Add ?? [],
            DropCapabilities = own?.Capabilities?.Drop ?? [],
            RunAsUser = own?.RunAsUser ?? pod?.RunAsUser ?? image.Uid,
            RunAsGroup = own?.RunAsGroup ?? pod?.RunAsGroup,
            RunAsUserName = own?.RunAsUser is null && pod?.RunAsUser is null && image.Uid is null && image.Username.Length > 0 ? image.Username : null,
            SupplementalGroups = GroupsOf(pod),
            MergeImageGroups = pod?.SupplementalGroupsPolicy != "Strict",
            ReadOnlyRootFilesystem = own?.ReadOnlyRootFilesystem == true,
            NoNewPrivileges = own?.AllowPrivilegeEscalation == false,
            MaskedPaths = unmasked ? NoPaths : null,
            ReadOnlyPaths = unmasked ? NoPaths : null,
            Seccomp = privileged ? Cri.SeccompProfileType.Unconfined : SeccompOf(seccomp),
            SeccompLocalhostProfile = seccomp?.LocalhostProfile,
        };
    }

    private static List<long> GroupsOf(PodSecurityContext? pod)
    {
        var groups = new List<long>();
        if (pod?.FsGroup is { } fsGroup)
            groups.Add(fsGroup);
        groups.AddRange(pod?.SupplementalGroups ?? []);
        return groups;
    }

    private static Cri.SeccompProfileType SeccompOf(SeccompProfile? profile) => profile?.Type switch
    {
        "Unconfined" => Cri.SeccompProfileType.Unconfined,
        "Localhost" => Cri.SeccompProfileType.Localhost,
        _ => Cri.SeccompProfileType.RuntimeDefault,
    };

    /// <summary>runAsNonRoot is a promise to check before anything runs.</summary>
    private static void RefuseRoot(Pod pod, Container spec, Cri.ImageRecord image)
    {
        var context = pod.Spec?.SecurityContext;
        if ((spec.SecurityContext?.RunAsNonRoot ?? context?.RunAsNonRoot) != true)
            return;
        if ((spec.SecurityContext?.RunAsUser ?? context?.RunAsUser) is { } user)
        {
            if (user == 0)
                throw new ContainerConfigException($"container's runAsUser breaks non-root policy (pod: \"{pod.FormatForMessages()}\", container: {spec.Name})");
        }
        else if (image.Uid is null && image.Username.Length > 0)
            throw new ContainerConfigException($"container has runAsNonRoot and image has non-numeric user ({image.Username}), cannot verify user is non-root (pod: \"{pod.FormatForMessages()}\", container: {spec.Name})");
        else if (image.Uid is null or 0)
            throw new ContainerConfigException($"container has runAsNonRoot and image will run as root (pod: \"{pod.FormatForMessages()}\", container: {spec.Name})");
    }

    private static Cri.MountPropagation PropagationOf(VolumeMount mount) => mount.MountPropagation switch
    {
        "HostToContainer" => Cri.MountPropagation.HostToContainer,
        "Bidirectional" => Cri.MountPropagation.Bidirectional,
        _ => Cri.MountPropagation.Private,
    };

    private static bool IsRecursive(VolumeMount mount) => mount.ReadOnly == true && mount.RecursiveReadOnly is "Enabled" or "IfPossible";

    private static Func<string, string?> Lookup(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            byName[name] = value;
        return byName.GetValueOrDefault;
    }
}
