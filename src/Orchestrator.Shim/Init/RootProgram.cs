using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Init;

/// <summary>
/// The steps that turn a fresh mount namespace into a container's: copy the binds while the host's paths are still there, mount
/// the root, pivot into it, and only then follow paths of the image, which can no longer lead out.
/// </summary>
internal static class RootProgram
{
    // mount(2) takes one page of options; what is longer goes by descriptor.
    private const int LongestOptions = 4000;

    /// <param name="sharedMemory">A mount namespace whose root is the pod's shared memory, or null.</param>
    public static void Add(StepProgram program, ContainerSpec spec, Descriptor? sharedMemory)
    {
        var mounts = CopyMounts(program, spec, sharedMemory);
        program.Mount("none", "/", null, Calls.MountPrivate | Calls.MountRecursive, null);
        MountRoot(program, spec.Root);
        program.PivotInto(spec.Root.MountPoint);
        for (var index = 0; index < mounts.Length; index++)
            AddMount(program, spec.Mounts[index], mounts[index]);
        AddDevices(program, spec.Devices);
        program.MakeDirectories(spec.Process.WorkingDirectory);
    }

    /// <summary>The steps that close the root again, after which nothing more can be made in it.</summary>
    public static void Seal(StepProgram program, ContainerSpec spec)
    {
        foreach (var path in spec.ReadOnlyPaths)
        {
            program.Mount(path, path, null, Calls.MountBind | Calls.MountRecursive, null, Errno.ENOENT);
            program.SetMountAttributes(path, MountSpec.AttributeReadOnly, recursive: true, Errno.ENOENT);
        }

        foreach (var path in spec.MaskedPaths)
        {
            // A file takes the first mount, a directory refuses it and takes the second.
            program.Mount("/dev/null", path, null, Calls.MountBind, null, Errno.ENOENT, Errno.ENOTDIR);
            program.Otherwise();
            program.Mount("tmpfs", path, "tmpfs", Calls.MountReadOnly, "size=0k", Errno.ENOENT, Errno.ENOTDIR);
        }

        if (spec.Root.ReadOnly)
            program.SetMountAttributes("/", MountSpec.AttributeReadOnly, recursive: false);
    }

    private static Slot?[] CopyMounts(StepProgram program, ContainerSpec spec, Descriptor? sharedMemory)
    {
        var copies = new Slot?[spec.Mounts.Count];
        for (var index = 0; index < copies.Length; index++)
        {
            var mount = spec.Mounts[index];
            copies[index] = mount.Kind switch
            {
                MountKind.Bind => CopyBind(program, mount),
                MountKind.SharedMemory => CopySharedMemory(program, sharedMemory),
                _ => null,
            };
        }

        return copies;
    }

    private static Slot CopyBind(StepProgram program, MountSpec mount)
    {
        var copy = program.CopyMountTree(mount.Source);
        if (mount.Propagation != Propagation.Shared)
            program.SetMountAttributes(mount.Source, copy, mount.RecursiveAttributes, (long)mount.Propagation, recursive: true);
        else if (mount.RecursiveAttributes != 0)
            program.SetMountAttributes(mount.Source, copy, mount.RecursiveAttributes, 0, recursive: true);
        if (mount.Attributes != 0)
            program.SetMountAttributes(mount.Source, copy, mount.Attributes, 0, recursive: false);
        return copy;
    }

    // The pod's shared memory hangs in no namespace but its own: go there, copy it, come back.
    private static Slot CopySharedMemory(StepProgram program, Descriptor? sharedMemory)
    {
        if (sharedMemory is null)
            throw new StartException("mount /dev/shm", 0, "the pod has no shared memory of its own");
        var here = program.Open("/proc/self/ns/mnt", OpenFlags.ReadOnly);
        program.EnterNamespace("of the shared memory", sharedMemory.Number, (long)NamespaceKinds.Mount);
        var copy = program.CopyMountTree("/");
        program.EnterNamespace("of the container", here, (long)NamespaceKinds.Mount);
        return copy;
    }

    private static void MountRoot(StepProgram program, RootSpec root)
    {
        if (root.Upper is null || root.Work is null)
        {
            program.Mount(root.Lower[0], root.MountPoint, null, Calls.MountBind | Calls.MountRecursive, null);
            return;
        }

        // "volatile" leaves out syncs of the upper layer, which no one mounts again after a crash.
        var rest = $",upperdir={Escape(root.Upper)},workdir={Escape(root.Work)},volatile";
        var lower = new StringBuilder("lowerdir=").AppendJoin(':', root.Lower.Select(Escape)).Append(rest).ToString();
        if (Encoding.UTF8.GetByteCount(lower) <= LongestOptions)
        {
            program.Mount("overlay", root.MountPoint, "overlay", 0, lower);
            return;
        }

        MountByDescriptors(program, root, rest);
    }

    private static void MountByDescriptors(StepProgram program, RootSpec root, string rest)
    {
        // Descriptors the child opens would have numbers unknown now; those of fixed numbers are known.
        const int firstNumber = 400;
        var lower = new StringBuilder("lowerdir=");
        for (var index = 0; index < root.Lower.Count; index++)
        {
            var layer = program.Open(root.Lower[index], OpenFlags.Path | OpenFlags.Directory);
            program.Call("dup3 of a layer", SyscallNumber.Dup3, [layer, firstNumber + index, (int)OpenFlags.CloseOnExec]);
            program.Call("close a layer", SyscallNumber.Close, [layer]);
            lower.Append(index == 0 ? "" : ":").Append("/proc/self/fd/").Append(firstNumber + index);
        }

        program.Mount("overlay", root.MountPoint, "overlay", 0, lower.Append(rest).ToString());
    }

    private static void AddMount(StepProgram program, MountSpec mount, Slot? copy)
    {
        if (mount.Kind == MountKind.Bind && !Directory.Exists(mount.Source))
            program.MakeMountPointFile(mount.Target);
        else
            program.MakeDirectories(mount.Target);

        if (copy is { } slot)
        {
            program.AttachMount(slot, mount.Target);
            return;
        }

        // An image whose /proc or /sys is a link would move the masks to where they protect nothing.
        if (mount.Type is "proc" or "sysfs")
        {
            var target = program.Open(mount.Target, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow);
            program.Call($"close {mount.Target}", SyscallNumber.Close, [target]);
        }

        program.Mount(mount.Source, mount.Target, mount.Type, mount.Flags, mount.Data);
    }

    private static void AddDevices(StepProgram program, IReadOnlyList<DeviceSpec> devices)
    {
        const int characterDevice = 0x2000;
        const int blockDevice = 0x6000;
        foreach (var device in devices)
        {
            if (device.Path.LastIndexOf('/') is > 0 and var end)
                program.MakeDirectories(device.Path[..end]);
            var number = ((long)(device.Major & 0xfff) << 8) | ((long)device.Minor & 0xff) | ((long)(device.Minor & ~0xff) << 12);
            program.MakeNode(device.Path, (device.Type == 'b' ? blockDevice : characterDevice) | device.Mode, number);
            if (device.Uid != 0 || device.Gid != 0)
                program.ChangeOwner(device.Path, device.Uid, device.Gid);
        }

        program.Symlink("/proc/self/fd", "/dev/fd");
        program.Symlink("/proc/self/fd/0", "/dev/stdin");
        program.Symlink("/proc/self/fd/1", "/dev/stdout");
        program.Symlink("/proc/self/fd/2", "/dev/stderr");
        program.Symlink("/proc/kcore", "/dev/core");
        program.Symlink("pts/ptmx", "/dev/ptmx");
    }

    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
