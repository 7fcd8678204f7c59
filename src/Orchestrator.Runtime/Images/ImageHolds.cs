using Orchestrator.Runtime.Content;

namespace Orchestrator.Runtime.Images;

/// <summary>One holder's claim on an image.</summary>
internal sealed record ImageHold(string ImageId, string HolderDirectory, IReadOnlyList<string> LayerNames);

/// <summary>
/// Who is using which image: one small file per holder, so that any process sees it. A hold whose directory is gone counts for
/// nothing: a container that vanished without saying so cannot keep an image for ever.
/// </summary>
internal sealed class ImageHolds(ImageRoot root)
{
    public void Add(ImageHold hold)
    {
        var temporary = root.NewWorkPath("hold");
        File.WriteAllLines(temporary, [hold.ImageId, hold.HolderDirectory, .. hold.LayerNames]);
        File.Move(temporary, PathOf(hold.ImageId, hold.HolderDirectory), overwrite: true);
    }

    public void Remove(string imageId, string holderDirectory) => File.Delete(PathOf(imageId, holderDirectory));

    /// <summary>The holds that count; the others are deleted on the way.</summary>
    public List<ImageHold> List()
    {
        var holds = new List<ImageHold>();
        foreach (var path in Directory.EnumerateFiles(root.Holds))
        {
            if (Read(path) is not { } hold)
                continue;
            if (Directory.Exists(hold.HolderDirectory))
                holds.Add(hold);
            else
                File.Delete(path);
        }

        return holds;
    }

    private static ImageHold? Read(string path)
    {
        try
        {
            return File.ReadAllLines(path) is [var image, var holder, .. var layers] ? new ImageHold(image, holder, layers) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(string imageId, string holderDirectory) =>
        Path.Combine(root.Holds, Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{imageId}\n{holderDirectory}")).Hex[..40]);
}
