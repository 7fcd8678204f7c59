using System.Text;
using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet.Tests.Volumes;

public sealed class AtomicWriterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);
    private string directory = "";

    [SetUp]
    public void MakeDirectory() => directory = Directory.CreateTempSubdirectory("orc-atomic-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public void Write_NewFiles_AreShownThroughLinks()
    {
        Assert.That(Write(("a", "1"), ("sub/b", "2")));
        Assert.Multiple(() =>
        {
            Assert.That(Read("a"), Is.EqualTo("1"));
            Assert.That(Read("sub/b"), Is.EqualTo("2"));
            Assert.That(new FileInfo(Path.Combine(directory, "a")).LinkTarget, Is.EqualTo("..data/a"));
            Assert.That(new FileInfo(Path.Combine(directory, "..data")).LinkTarget, Does.StartWith("..2026_01_31_08_00_00."));
            Assert.That(File.GetUnixFileMode(Path.Combine(directory, "a")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.GroupRead));
        });
    }

    [Test]
    public void Write_TheSameAgain_ChangesNothing()
    {
        Write(("a", "1"));
        var before = new FileInfo(Path.Combine(directory, "..data")).LinkTarget;
        Assert.That(Write(("a", "1")), Is.False);
        Assert.That(new FileInfo(Path.Combine(directory, "..data")).LinkTarget, Is.EqualTo(before));
    }

    [Test]
    public void Write_OtherFiles_ReplaceAllOfTheOld()
    {
        Write(("a", "1"), ("b", "2"));
        Assert.That(Write(("a", "changed"), ("c", "3")));
        Assert.That(Read("a") + Read("c"), Is.EqualTo("changed3"));
        Assert.That(Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).ToList(), Has.Count.EqualTo(4).And.Contain("..data").And.Contain("a").And.Contain("c"));
    }

    [TestCase("../evil")]
    [TestCase("/etc/passwd")]
    [TestCase("..data")]
    [TestCase("a/../../b")]
    [TestCase("")]
    public void Write_PathLeadingOut_IsRefused(string path) =>
        Assert.That(() => Write((path, "x")), Throws.TypeOf<VolumeException>());

    private bool Write(params (string Path, string Text)[] files) => AtomicWriter.Write(
        directory, [.. files.Select(file => new VolumeFile(file.Path, Encoding.UTF8.GetBytes(file.Text), 0x120))], Now, _ => { });

    private string Read(string path) => File.ReadAllText(Path.Combine(directory, path));
}
