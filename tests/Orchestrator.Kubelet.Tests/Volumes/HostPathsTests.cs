using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet.Tests.Volumes;

public sealed class HostPathsTests
{
    private DirectoryInfo root = null!;

    [SetUp]
    public void SetUp() => root = Directory.CreateTempSubdirectory("orc-hostpath-");

    [TearDown]
    public void TearDown() => root.Delete(recursive: true);

    [TestCase("")]
    [TestCase("DirectoryOrCreate")]
    public void Directory_ThatIsMissing_IsMade(string type)
    {
        HostPaths.Prepare(At("a/b/"), type);
        Assert.That(Directory.Exists(At("a/b")), Is.True);
        Assert.That(() => HostPaths.Prepare(At("a/b"), type), Throws.Nothing, "and taken as it is the next time");
    }

    [Test]
    public void File_ThatIsMissing_IsMadeOnceAndKept()
    {
        HostPaths.Prepare(At("f"), "FileOrCreate");
        File.WriteAllText(At("f"), "kept");
        HostPaths.Prepare(At("f"), "FileOrCreate");
        Assert.That(File.ReadAllText(At("f")), Is.EqualTo("kept"));
    }

    [TestCase("Directory", "a directory")]
    [TestCase("File", "a file")]
    [TestCase("Socket", "a socket file")]
    [TestCase("CharDevice", "a character device")]
    [TestCase("BlockDevice", "a block device")]
    public void Missing_OfATypeThatMustBeThere_IsRefused(string type, string name) => Assert.That(
        () => HostPaths.Prepare(At("nothing"), type),
        Throws.TypeOf<VolumeException>().With.Message.EqualTo($"hostPath type check failed: {At("nothing")} is not {name}"));

    [Test]
    public void Link_IsFollowed()
    {
        Directory.CreateDirectory(At("real"));
        File.CreateSymbolicLink(At("link"), At("real"));
        Assert.That(() => HostPaths.Prepare(At("link"), "Directory"), Throws.Nothing);
        Assert.That(() => HostPaths.Prepare(At("link"), "File"), Throws.TypeOf<VolumeException>());
    }

    [Test]
    public void Device_OfTheMachine_IsKnown() => Assert.That(() => HostPaths.Prepare("/dev/null", "CharDevice"), Throws.Nothing);

    [Test]
    public void Root_IsADirectory() => Assert.That(() => HostPaths.Prepare("/", "Directory"), Throws.Nothing);

    private string At(string path) => Path.Combine(root.FullName, path);
}
