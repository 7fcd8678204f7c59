namespace Orchestrator.Runtime.Content;

/// <summary>
/// The paths of one image store. All parts are on one filesystem, so that a rename publishes a finished file or directory
/// atomically. Several processes use one root at a time.
/// </summary>
internal sealed class ImageRoot
{
    public ImageRoot(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        Blobs = Combine("blobs/sha256");
        Layers = Combine("layers");
        Locks = Combine("locks");
        Holds = Combine("holds");
        Work = Combine("work");
        BuildCache = Combine("build-cache");
        foreach (var directory in new[] { Blobs, Layers, Locks, Holds, Work, BuildCache })
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    /// <summary>Content by digest.</summary>
    public string Blobs { get; }

    /// <summary>Unpacked layers by the digest of their uncompressed archive.</summary>
    public string Layers { get; }

    /// <summary>See <see cref="Snapshots.MountPointLayer"/>.</summary>
    public string MountPoints => Combine("mount-points");

    public string Locks { get; }

    /// <summary>One file per holder of an image.</summary>
    public string Holds { get; }

    /// <summary>Unfinished files and directories, and those on their way out.</summary>
    public string Work { get; }

    public string BuildCache { get; }

    /// <summary>The names and images; see <see cref="Images.ImageCatalogFile"/>.</summary>
    public string Catalog => Combine("images.json");

    /// <summary>Held shared by whoever adds content that nothing refers to yet, exclusively by the collector of garbage.</summary>
    public string ContentLock => System.IO.Path.Combine(Locks, "content");

    /// <summary>Held while the catalog is replaced.</summary>
    public string CatalogLock => System.IO.Path.Combine(Locks, "catalog");

    /// <summary>
    /// A new name under <see cref="Work"/>. It is random, because what a process left that died may still be there, and process
    /// ids come again.
    /// </summary>
    public string NewWorkPath(string purpose) => System.IO.Path.Combine(Work, $"{purpose}-{System.IO.Path.GetRandomFileName()}");

    private string Combine(string name) => System.IO.Path.Combine(Path, name);
}
