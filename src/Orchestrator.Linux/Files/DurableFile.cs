namespace Orchestrator.Linux.Files;

/// <summary>
/// Small files that must outlive a power cut: keys, and what a lab is made of. The content is written beside the file and synced,
/// then takes its name, and then the directory is synced: until that, a rename may still be forgotten (fsync(2), NOTES).
/// </summary>
/// <remarks>
/// Readers see the old or the new content, never a part. Of several writers at once one wins. State that means nothing after a
/// reboot needs only <see cref="FileCalls.ReplaceAtomically"/>.
/// </remarks>
public static class DurableFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the file, whether or not it is there. It is on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written, and is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        var temporary = WriteBeside(path, content, mode);
        Publish(temporary, path, overwrite: true);
    }

    /// <summary>Writes the file unless it is there. Whichever content it has then is on disk when this returns.</summary>
    /// <returns>False: somebody else was faster.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        var temporary = WriteBeside(path, content, mode);
        try
        {
            Publish(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            SyncDirectoryOf(path);
            return false;
        }
    }

    private static string WriteBeside(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
            file.Write(content);
            file.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Publish(string temporary, string path, bool overwrite)
    {
        try
        {
            File.Move(temporary, path, overwrite);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncDirectoryOf(path);
    }

    /// <summary>Has a file's name on the disk: one that is there under no name is lost all the same (fsync(2)).</summary>
    /// <exception cref="LinuxException">For example EIO.</exception>
    public static void SyncDirectoryOf(string path)
    {
        using var directory = FileCalls.Open(Path.GetDirectoryName(Path.GetFullPath(path))!, OpenFlags.ReadOnly | OpenFlags.Directory);
        FileCalls.Sync(directory);
    }
}
