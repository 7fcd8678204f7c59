using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Snapshots;

/// <summary>
/// The lowest layer of every container's root: empty directories and files where the runtime mounts something. Images lack many of
/// them, and would get them made in each container's writable layer, to be removed with it. Below all others, this layer shows
/// only what they neither have nor hide.
/// </summary>
internal static class MountPointLayer
{
    private const UnixFileMode FileAccess = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode DirectoryAccess = FileAccess | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes it unless it is there. Several processes may do so at once; a directory in use is never written to.</summary>
    /// <returns>Its directory, for overlayfs' lowerdir.</returns>
    public static string Ensure(ImageRoot root)
    {
        if (Directory.Exists(root.MountPoints))
            return root.MountPoints;
        var work = root.NewWorkPath("mount-points");
        foreach (var name in (string[])["", "dev", "etc", "proc", "sys"])
        {
            var directory = Path.Combine(work, name);
            Directory.CreateDirectory(directory);
            File.SetUnixFileMode(directory, DirectoryAccess);
        }

        foreach (var name in (string[])["hostname", "hosts", "resolv.conf"])
        {
            var file = Path.Combine(work, "etc", name);
            File.Create(file).Dispose();
            File.SetUnixFileMode(file, FileAccess);
        }

        try
        {
            Directory.Move(work, root.MountPoints);
        }
        catch (IOException) when (Directory.Exists(root.MountPoints))
        {
            // Another process was first; both made the same.
            FileTree.Delete(work);
        }

        return root.MountPoints;
    }
}
