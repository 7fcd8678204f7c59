using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Kubelet.Containers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>
/// Resolves sub-paths by descriptor (openat2 with RESOLVE_BENEATH) and pins what was found with a bind mount, so that a link
/// changed in between leads nowhere.
/// </summary>
internal sealed class SubPathBinder(IMounter mounter, KubeletPaths paths, bool canMount) : ISubPathBinder
{
    private const uint DirectoryMode = 0x1E8; // 0750
    private const ResolveFlags Inside = ResolveFlags.Beneath | ResolveFlags.NoMagicLinks;

    public string Bind(string podUid, string container, int index, MountedVolume volume, string subPath)
    {
        try
        {
            using var root = PathAt.OpenDirectory(volume.HostPath);
            using var found = OpenOrMake(root, volume, subPath);
            if (!canMount)
                return Path.Combine(volume.HostPath, subPath);
            var target = Path.Combine(paths.SubPaths(podUid, container), volume.Name, index.ToString(CultureInfo.InvariantCulture));
            mounter.Unmount(target);
            MakeTarget(target, found);
            mounter.Bind(found, target);
            return target;
        }
        catch (LinuxException failure)
        {
            throw new ContainerConfigException(
                $"failed to prepare subPath for volumeMount \"{volume.Name}\" of container \"{container}\": {failure.Message}", ContainerConfigException.CreateContainerConfigError, failure);
        }
    }

    public void Release(string podUid, string? container)
    {
        var directory = container is null ? Path.GetDirectoryName(paths.SubPaths(podUid, "x"))! : paths.SubPaths(podUid, container);
        if (!Directory.Exists(directory))
            return;
        foreach (var mount in mounter.MountsBelow(directory))
            mounter.Unmount(mount);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Directories that are missing are made one by one, each below a parent that was opened safely.</summary>
    private static SafeFileHandle OpenOrMake(SafeFileHandle root, MountedVolume volume, string subPath)
    {
        var parts = subPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        SafeFileHandle? parent = null;
        try
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var prefix = Bytes(string.Join('/', parts.Take(i + 1)));
                var errno = PathAt.Open(root, prefix, OpenFlags.Path, 0, Inside, out var found);
                if (errno == Errno.ENOENT)
                {
                    Require(PathAt.MakeDirectory(parent ?? root, Bytes(parts[i]), DirectoryMode), "mkdirat", subPath);
                    errno = PathAt.Open(root, prefix, OpenFlags.Path, 0, Inside, out found);
                }

                Require(errno, "openat2", $"{volume.Name}/{subPath}");
                parent?.Dispose();
                parent = found;
            }

            return parent ?? throw new LinuxException(Errno.ENOENT, "openat2", subPath);
        }
        catch
        {
            parent?.Dispose();
            throw;
        }
    }

    private static void MakeTarget(string target, SafeFileHandle source)
    {
        Require(PathAt.Status(source, "\0"u8, out var status), "statx", target);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (status.Kind == FileKind.Directory)
            Directory.CreateDirectory(target);
        else if (!File.Exists(target))
            File.WriteAllBytes(target, []);
    }

    private static byte[] Bytes(string path) => System.Text.Encoding.UTF8.GetBytes(path + '\0');

    private static void Require(int errno, string call, string argument)
    {
        if (errno != 0)
            throw new LinuxException(errno, call, argument);
    }
}
