using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Snapshots;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Bundles;

/// <summary>What of the node a container's description depends on.</summary>
/// <param name="Directory">The container's state directory.</param>
/// <param name="WritableDirectory">Where its upper layer is.</param>
internal sealed record ContainerPlace(
    string Id, string Directory, string WritableDirectory, string? LogFile, string? Hostname, CgroupLayout Layout, ICgroup Cgroup);

/// <summary>Turns a container's configuration and its image into what the shim is told. No side effects.</summary>
internal sealed class ContainerSpecBuilder(SeccompFilters filters)
{
    public ContainerSpec Build(ContainerConfig config, ContainerImage image, ContainerPlace place)
    {
        var security = config.Security;
        var cgroup = place.Cgroup.Directories;
        var controllers = VisibleControllers(place, cgroup);
        return new ContainerSpec(
            place.Id, ContainerFiles.State(place.Directory), place.LogFile,
            new RootSpec(
                image.MountPoints is { } below ? [.. image.LayerDirectories, below] : image.LayerDirectories, ContainerFiles.Upper(place.WritableDirectory), ContainerFiles.Work(place.WritableDirectory),
                ContainerFiles.MountPoint(place.Directory), security.ReadOnlyRootFilesystem),
            new CgroupSpec(
                place.Cgroup.UnifiedDirectory, place.Cgroup.JoinFiles, place.Cgroup.KillFile, place.Cgroup.OomFile, cgroup),
            NamespacesOf(security.Namespaces), security.Namespaces.Pid == NamespaceMode.Target ? security.Namespaces.TargetContainerId : null,
            [.. DefaultMounts.Create(place.Layout, controllers, security.Namespaces.Ipc, security.Privileged), .. BuildMounts(config)],
            BuildDevices(config),
            security.Privileged ? [] : security.MaskedPaths ?? DefaultPaths.Masked,
            security.Privileged ? [] : security.ReadOnlyPaths ?? DefaultPaths.ReadOnly,
            ProcessBuilder.Build(config, image.Config, place.Hostname),
            ProcessBuilder.BuildUser(security, image.Config),
            SecurityBuilder.Build(security, config.Resources, filters));
    }

    /// <summary>Which devices the container's cgroup lets through.</summary>
    public static IReadOnlyList<DeviceRule> BuildDeviceRules(ContainerConfig config) => config.Security.Privileged
        ? [DeviceRule.Everything]
        : [.. DeviceRule.ContainerDefaults, .. config.Devices.SelectMany(DeviceNodes.FromHost).Select(static device => device.Rule)];

    private static long NamespacesOf(NamespaceOptions options)
    {
        var kinds = NamespaceKinds.Mount | NamespaceKinds.Cgroup;
        if (options.Pid == NamespaceMode.Container)
            kinds |= NamespaceKinds.Pid;
        return (long)kinds;
    }

    private static IReadOnlyList<DeviceSpec> BuildDevices(ContainerConfig config)
    {
        var devices = new List<DeviceSpec>(DeviceNodes.Defaults);
        if (config.Security.Privileged)
            devices.AddRange(DeviceNodes.AllOfHost());
        foreach (var device in config.Devices)
            devices.AddRange(DeviceNodes.FromHost(device).Select(static found => found.Node));
        return devices;
    }

    // What lies higher is mounted first, whatever the order given, so that nothing hides a mount below it.
    private static IEnumerable<MountSpec> BuildMounts(ContainerConfig config) => config.Mounts
        .OrderBy(static mount => mount.ContainerPath.Trim('/').Split('/').Length)
        .Select(static mount => MountSpec.Bind(
            mount.HostPath, mount.ContainerPath.StartsWith('/') ? mount.ContainerPath : "/" + mount.ContainerPath,
            mount.ReadOnly && !mount.RecursiveReadOnly ? MountSpec.AttributeReadOnly : 0,
            mount.RecursiveReadOnly ? MountSpec.AttributeReadOnly : 0,
            mount.Propagation switch
            {
                MountPropagation.HostToContainer => Propagation.Slave,
                MountPropagation.Bidirectional => Propagation.Shared,
                _ => Propagation.Private,
            }));

    // v1 hierarchies by the names of their mounts ("cpu,cpuacct" may be one), as far as the container has a cgroup there.
    private static IReadOnlyList<string> VisibleControllers(ContainerPlace place, IReadOnlyList<string> directories)
    {
        var names = new List<string>();
        foreach (var (controller, mount) in place.Layout.ControllerMounts)
        {
            if (directories.Contains(mount + place.Cgroup.Path) && controller != "devices")
                names.Add(controller);
        }

        return names;
    }
}
