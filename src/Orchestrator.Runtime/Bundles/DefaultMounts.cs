using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Bundles;

/// <summary>The file systems that every container has beside its root.</summary>
internal static class DefaultMounts
{
    // MS_* of mount(2).
    private const long ReadOnly = 1;
    private const long NoSetId = 2;
    private const long NoDevices = 4;
    private const long NoExecute = 8;
    private const long RelativeAccessTime = 1 << 21;
    private const long StrictAccessTime = 1 << 24;

    public static IEnumerable<MountSpec> Create(CgroupLayout layout, IReadOnlyList<string> cgroupControllers, NamespaceMode ipc, bool privileged)
    {
        const long plain = NoSetId | NoDevices | NoExecute;
        yield return MountSpec.Filesystem("proc", "proc", "/proc", plain, "");
        yield return MountSpec.Filesystem("tmpfs", "tmpfs", "/dev", NoSetId | StrictAccessTime, "mode=755,size=65536k");
        yield return MountSpec.Filesystem("devpts", "devpts", "/dev/pts", NoSetId | NoExecute, "newinstance,ptmxmode=0666,mode=0620,gid=5");
        yield return MountSpec.Filesystem("mqueue", "mqueue", "/dev/mqueue", plain, "");
        yield return ipc == NamespaceMode.Node
            ? MountSpec.Bind("/dev/shm", "/dev/shm", 0, 0, Propagation.Private)
            : new MountSpec(MountKind.SharedMemory, "shm", "/dev/shm", "", 0, "", 0, 0, Propagation.Private);
        var access = privileged ? 0 : ReadOnly;
        yield return MountSpec.Filesystem("sysfs", "sysfs", "/sys", plain | access, "");
        foreach (var mount in CreateCgroups(layout, cgroupControllers, plain | RelativeAccessTime, access))
            yield return mount;
    }

    // Seen through a cgroup namespace, so the container finds its own limits at the top and nothing of its neighbours.
    private static IEnumerable<MountSpec> CreateCgroups(CgroupLayout layout, IReadOnlyList<string> controllers, long flags, long access)
    {
        if (layout.IsUnified)
        {
            yield return MountSpec.Filesystem("cgroup2", "cgroup", "/sys/fs/cgroup", flags | access, "");
            yield break;
        }

        if (controllers.Count == 0)
            yield break;
        yield return MountSpec.Filesystem("tmpfs", "tmpfs", "/sys/fs/cgroup", NoSetId | NoDevices | NoExecute, "mode=755,size=64k");
        foreach (var controller in controllers)
            yield return MountSpec.Filesystem("cgroup", "cgroup", "/sys/fs/cgroup/" + controller, flags | access, controller);
    }
}
