using System.Globalization;
using Orchestrator.Linux.Files;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>
/// Shows a set of files in a directory so that a reader sees all of the old ones or all of the new ones: the files lie in a
/// directory named after the time, the link ..data points to it, and the visible names are links through ..data. Swapping ..data
/// is one rename.
/// </summary>
internal static class AtomicWriter
{
    private const string DataLink = "..data";
    private const string NewDataLink = "..data_tmp";

    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <param name="setOwners">Called with the new directory before it is shown.</param>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="VolumeException">A path is not one that may be written.</exception>
    public static bool Write(string directory, IReadOnlyList<VolumeFile> files, DateTimeOffset now, Action<string> setOwners)
    {
        foreach (var file in files)
            Check(file.Path);
        var link = Path.Combine(directory, DataLink);
        var oldName = new FileInfo(link).LinkTarget;
        var oldDirectory = oldName is null ? null : Path.Combine(directory, oldName);
        if (oldDirectory is not null && IsSame(oldDirectory, files))
            return false;
        var newName = ".." + now.UtcDateTime.ToString("yyyy_MM_dd_HH_mm_ss.fffffff", CultureInfo.InvariantCulture);
        for (var i = 0; Directory.Exists(Path.Combine(directory, newName)); i++)
            newName = newName.Split('-')[0] + "-" + i.ToString(CultureInfo.InvariantCulture);
        var newDirectory = Path.Combine(directory, newName);
        WriteFiles(newDirectory, files);
        setOwners(newDirectory);
        Swap(directory, newName);
        ShowNames(directory, files);
        if (oldDirectory is not null)
            Directory.Delete(oldDirectory, recursive: true);
        return true;
    }

    private static void Check(string path)
    {
        var parts = path.Split('/');
        if (path.Length == 0 || path[0] == '/' || parts.Contains("..") || parts[0].StartsWith("..", StringComparison.Ordinal))
            throw new VolumeException($"invalid path: {path}");
    }

    private static bool IsSame(string directory, IReadOnlyList<VolumeFile> files)
    {
        if (!Directory.Exists(directory) || Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length != files.Count)
            return false;
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file.Path);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content))
                return false;
        }

        return true;
    }

    private static void WriteFiles(string directory, IReadOnlyList<VolumeFile> files)
    {
        MakeDirectory(directory);
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file.Path);
            for (var parent = Path.GetDirectoryName(path)!; parent.Length > directory.Length && !Directory.Exists(parent);)
            {
                Directory.CreateDirectory(parent, DirectoryMode);
                parent = Path.GetDirectoryName(parent)!;
            }

            File.WriteAllBytes(path, file.Content);
            // Set apart from creation: the umask takes nothing away here.
            File.SetUnixFileMode(path, (UnixFileMode)(file.Mode & 0xFFF));
        }
    }

    private static void MakeDirectory(string directory)
    {
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, DirectoryMode);
    }

    private static void Swap(string directory, string newName)
    {
        var fresh = Path.Combine(directory, NewDataLink);
        File.Delete(fresh);
        File.CreateSymbolicLink(fresh, newName);
        FileCalls.Rename(fresh, Path.Combine(directory, DataLink));
    }

    private static void ShowNames(string directory, IReadOnlyList<VolumeFile> files)
    {
        var wanted = files.Select(file => file.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            var link = Path.Combine(directory, name);
            if (new FileInfo(link).LinkTarget is null)
                File.CreateSymbolicLink(link, Path.Combine(DataLink, name));
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(directory))
        {
            var name = Path.GetFileName(entry);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(name))
                File.Delete(entry);
        }
    }
}
