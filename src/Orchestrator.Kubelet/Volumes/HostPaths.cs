using Orchestrator.Linux.Files;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>hostPath volumes: the check, or creation, that the volume's type asks for.</summary>
internal static class HostPaths
{
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <exception cref="VolumeException">What is at the path is not of the type.</exception>
    public static void Prepare(string path, string type)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new VolumeException($"hostPath {path} is not an absolute path");
        switch (type)
        {
            // Runtimes make a missing directory, so that the mount does not fail.
            case "" when !File.Exists(path) && KindOf(path) is null:
            case "DirectoryOrCreate" when KindOf(path) is null:
                Directory.CreateDirectory(path, DirectoryMode);
                return;
            case "FileOrCreate" when KindOf(path) is null:
                using (File.Create(path))
                    return;
            case "":
                return;
        }

        var (wanted, name) = type switch
        {
            "Directory" or "DirectoryOrCreate" => (FileKind.Directory, "a directory"),
            "File" or "FileOrCreate" => (FileKind.Regular, "a file"),
            "Socket" => (FileKind.Socket, "a socket file"),
            "CharDevice" => (FileKind.CharacterDevice, "a character device"),
            "BlockDevice" => (FileKind.BlockDevice, "a block device"),
            _ => throw new VolumeException($"unknown hostPath type {type}"),
        };
        if (KindOf(path) != wanted)
            throw new VolumeException($"hostPath type check failed: {path} is not {name}");
    }

    /// <summary>What is there, links followed; null when nothing is.</summary>
    private static FileKind? KindOf(string path)
    {
        if (path.All(letter => letter == '/'))
            return FileKind.Directory;
        // Asked for the target of what is not there, ResolveLinkTarget throws; LinkTarget does not.
        var file = new FileInfo(path.TrimEnd('/'));
        var resolved = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var parent = Path.GetDirectoryName(resolved.TrimEnd('/'));
        if (parent is null)
            return FileKind.Directory;
        if (!Directory.Exists(parent))
            return null;
        using var directory = PathAt.OpenDirectory(parent);
        var name = System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(resolved.TrimEnd('/')) + '\0');
        return PathAt.Status(directory, name, out var status) == 0 ? status.Kind : null;
    }
}
