using System.Globalization;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Bundles;

/// <summary>The device nodes of a container: those of a plain /dev, and those of the host that were asked for.</summary>
internal static class DeviceNodes
{
    private const int ReadWriteForAll = 0x1b6;

    public static IReadOnlyList<DeviceSpec> Defaults { get; } =
    [
        Character("/dev/null", 1, 3), Character("/dev/zero", 1, 5), Character("/dev/full", 1, 7), Character("/dev/random", 1, 8),
        Character("/dev/urandom", 1, 9), Character("/dev/tty", 5, 0),
    ];

    /// <summary>The nodes behind a device of the host, which may be a directory of them.</summary>
    /// <exception cref="RuntimeException">There is no device at the path.</exception>
    public static IEnumerable<(DeviceSpec Node, DeviceRule Rule)> FromHost(Device device)
    {
        var any = false;
        var paths = Directory.Exists(device.HostPath)
            ? Directory.EnumerateFiles(device.HostPath, "*", SearchOption.AllDirectories)
            : [device.HostPath];
        foreach (var path in paths)
        {
            if (DeviceStatus.TryRead(path) is not { } status)
                continue;
            any = true;
            var target = device.ContainerPath + path[device.HostPath.Length..];
            yield return (
                new DeviceSpec(target, status.Type, status.Major, status.Minor, status.Permissions, status.Uid, status.Gid),
                new DeviceRule(status.Type, status.Major, status.Minor, device.Permissions.Length == 0 ? "rwm" : device.Permissions));
        }

        if (!any)
            throw new RuntimeException(RuntimeError.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"{device.HostPath} is not a device"));
    }

    /// <summary>All devices of the host's /dev, for privileged containers; terminals and shared memory stay the container's own.</summary>
    public static IEnumerable<DeviceSpec> AllOfHost()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries("/dev"))
        {
            if (path is "/dev/console" or "/dev/ptmx" or "/dev/tty")
                continue;
            if (DeviceStatus.TryRead(path) is { } status)
                yield return new DeviceSpec(path, status.Type, status.Major, status.Minor, status.Permissions, status.Uid, status.Gid);
        }
    }

    private static DeviceSpec Character(string path, int major, int minor) => new(path, 'c', major, minor, ReadWriteForAll, 0, 0);
}
