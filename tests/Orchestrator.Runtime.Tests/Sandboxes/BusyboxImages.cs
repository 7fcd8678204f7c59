using System.Diagnostics;
using Orchestrator.Runtime.Snapshots;
using ContainerImage = Orchestrator.Runtime.Snapshots.ContainerImage;

namespace Orchestrator.Runtime.Tests.Sandboxes;

/// <summary>One image of one layer, made of the host's static busybox.</summary>
internal sealed class BusyboxImages : IImageFilesystem
{
    public const string ImageId = "sha256:busybox";

    private readonly string layer;

    public BusyboxImages(string directory)
    {
        layer = Path.Combine(directory, "layer");
        foreach (var name in new[] { "bin", "etc", "tmp", "proc", "home/app", "private" })
            Directory.CreateDirectory(Path.Combine(layer, name));
        File.SetUnixFileMode(Path.Combine(layer, "tmp"), (UnixFileMode)0x3ff);
        File.SetUnixFileMode(Path.Combine(layer, "private"), (UnixFileMode)0x1c0);
        File.Copy("/bin/busybox", Path.Combine(layer, "bin/busybox"));
        using (var install = Process.Start(new ProcessStartInfo("/bin/busybox", ["--install", "-s", Path.Combine(layer, "bin")]))!)
            install.WaitForExit();
        foreach (var link in Directory.GetFiles(Path.Combine(layer, "bin")).Where(static path => !path.EndsWith("/busybox", StringComparison.Ordinal)))
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, "busybox");
        }

        File.WriteAllText(Path.Combine(layer, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\n");
        File.WriteAllText(Path.Combine(layer, "etc/group"), "root:x:0:\nstaff:x:50:app\napp:x:1001:\nextra:x:2000:app,root\n");
        File.WriteAllText(Path.Combine(layer, "etc/not-executable"), "x");
        File.WriteAllText(Path.Combine(layer, "bin/not-a-program"), "\u0001\u0002");
        File.SetUnixFileMode(Path.Combine(layer, "bin/not-a-program"), (UnixFileMode)0x1ed);
    }

    public OciImageConfig Config { get; set; } = new() { Env = ["PATH=/bin", "FROM_IMAGE=yes"] };

    public HashSet<string> Holders { get; } = [];

    public ContainerImage? Find(string imageId) => imageId == ImageId ? new ContainerImage(ImageId, Config, [layer]) : null;

    public bool Hold(string imageId, string holderDirectory)
    {
        lock (Holders)
            Holders.Add(holderDirectory);
        return imageId == ImageId;
    }

    public void Release(string imageId, string holderDirectory)
    {
        lock (Holders)
            Holders.Remove(holderDirectory);
    }
}
