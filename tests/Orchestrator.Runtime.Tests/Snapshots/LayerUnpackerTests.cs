using System.Diagnostics;
using System.Formats.Tar;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Snapshots;
using Orchestrator.Runtime.Tests.Images;
using TarEntryType = System.Formats.Tar.TarEntryType;

namespace Orchestrator.Runtime.Tests.Snapshots;

[TestFixture]
[Category("Root")]
internal sealed class LayerUnpackerTests
{
    private TemporaryDirectory directory = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["fs"]);
        Directory.CreateDirectory(directory["outside"]);
    }

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public void Unpack_FileWithMetadata_KeepsOwnerModeAndTime()
    {
        Unpack(TestImage.Directory("etc/", 0x1C0, 7), TestImage.File("etc/shadow", "secret", (UnixFileMode)0x1A0, 12));

        var file = Status("etc/shadow");
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(directory["fs/etc/shadow"]), Is.EqualTo("secret"));
            Assert.That((file.Uid, file.Gid, file.Permissions), Is.EqualTo((12u, 12u, 0x1A0u)));
            Assert.That(file.ModifiedSeconds, Is.EqualTo(1_600_000_000));
            Assert.That(Status("etc").Permissions, Is.EqualTo(0x1C0u));
            Assert.That(Status("etc").ModifiedSeconds, Is.EqualTo(1_500_000_000));
        });
    }

    [Test]
    public void Unpack_SetuidOfAnotherUser_KeepsTheBit()
    {
        Unpack(TestImage.File("su", "x", (UnixFileMode)0x9ED, 5));

        Assert.That(Status("su").Permissions, Is.EqualTo(0x9EDu));
    }

    [Test]
    public void Unpack_LinksDevicesAndFifo_MakesThem()
    {
        Unpack(
            TestImage.File("a", "text"), TestImage.HardLink("b", "a"), TestImage.Symlink("c", "../../etc/passwd"),
            new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3, Mode = (UnixFileMode)0x1B6 },
            new PaxTarEntry(TarEntryType.Fifo, "pipe"));

        Assert.Multiple(() =>
        {
            Assert.That(Status("a").Inode, Is.EqualTo(Status("b").Inode));
            Assert.That(new FileInfo(directory["fs/c"]).LinkTarget, Is.EqualTo("../../etc/passwd"));
            Assert.That(Status("null"), Has.Property("Kind").EqualTo(FileKind.CharacterDevice).And.Property("DeviceMinor").EqualTo(3u).And.Property("Permissions").EqualTo(0x1B6u));
            Assert.That(Status("pipe").Kind, Is.EqualTo(FileKind.Fifo));
        });
    }

    [Test]
    public void Unpack_Whiteouts_BecomeOverlayMarks()
    {
        Unpack(
            TestImage.Directory("dir/"), TestImage.File("dir/.wh..wh..opq", ""), TestImage.File(".wh.gone", ""),
            TestImage.File(".wh.remade", ""), TestImage.Directory("remade/"), TestImage.File(".wh..wh.plnk", ""));

        Assert.Multiple(() =>
        {
            Assert.That(Status("gone"), Has.Property("Kind").EqualTo(FileKind.CharacterDevice).And.Property("DeviceMajor").EqualTo(0u));
            Assert.That(Opaque("dir"), Is.True);
            Assert.That(Opaque("remade"), Is.True);
            Assert.That(Directory.GetFileSystemEntries(directory["fs"]).Select(Path.GetFileName), Is.EquivalentTo(new[] { "dir", "gone", "remade" }));
        });
    }

    [Test]
    public void Unpack_Attributes_KeepsCapabilitiesAndDropsOverlaysOwn()
    {
        var entry = new PaxTarEntry(TarEntryType.Directory, "d", new Dictionary<string, string>
        {
            ["SCHILY.xattr.user.note"] = "hello", ["SCHILY.xattr.trusted.overlay.opaque"] = "y", ["SCHILY.xattr.trusted.overlay.redirect"] = "/etc",
        });
        Unpack(entry);

        using var made = PathAt.OpenDirectory(directory["fs/d"]);
        Assert.That(OpenFile.ListAttributes(made), Is.EquivalentTo(new[] { "user.note" }));
    }

    [TestCase("../outside/x")]
    [TestCase("a/../../outside/x")]
    [TestCase("./../outside/x")]
    public void Unpack_ParentInName_IsRefused(string name) =>
        Assert.That(() => Unpack(TestImage.File(name, "x")), Throws.TypeOf<TarException>().With.Message.Contains("leaves the layer"));

    [Test]
    public void Unpack_AbsoluteName_StaysInside()
    {
        Unpack(TestImage.File("/etc/x", "inside"));

        Assert.That(File.ReadAllText(directory["fs/etc/x"]), Is.EqualTo("inside"));
    }

    [Test]
    public void Unpack_WriteThroughLinkToOutside_LeavesOutsideAlone()
    {
        var outside = directory["outside"];
        Assert.That(
            () => Unpack(TestImage.Symlink("escape", outside), TestImage.File("escape/x", "x")), Throws.TypeOf<TarException>());
        Assert.That(Directory.GetFileSystemEntries(outside), Is.Empty);
    }

    [Test]
    public void Unpack_FileOverLink_ReplacesTheLink()
    {
        var victim = directory.Write("outside/victim", "safe"u8.ToArray());
        Unpack(TestImage.Symlink("x", victim), TestImage.File("x", "new"));

        Assert.That(File.ReadAllText(victim), Is.EqualTo("safe"));
        Assert.That(File.ReadAllText(directory["fs/x"]), Is.EqualTo("new"));
    }

    [Test]
    public void Unpack_HardLinkThroughLinkToOutside_DoesNotReachIt()
    {
        directory.Write("outside/victim", "safe"u8.ToArray());
        var unpacked = Unpack(TestImage.Symlink("escape", directory["outside"]), TestImage.HardLink("x", "escape/victim"));

        Assert.That(File.Exists(directory["fs/x"]), Is.False);
        Assert.That(unpacked.MissingLinks, Is.EqualTo(new[] { new MissingLink("x", "escape/victim") }));
    }

    [Test]
    public void Unpack_LinkWithinTheLayer_IsFollowedInside()
    {
        Unpack(TestImage.Directory("usr/"), TestImage.Directory("usr/lib/"), TestImage.Symlink("lib", "/usr/lib"), TestImage.File("lib/x", "1"));

        Assert.That(File.ReadAllText(directory["fs/usr/lib/x"]), Is.EqualTo("1"));
    }

    [Test]
    public void Unpack_UndescribedDirectories_AreMadeAndReported()
    {
        var unpacked = Unpack(TestImage.File("a/b/c", "1"), TestImage.Directory("a/"));

        Assert.That(unpacked.ImpliedDirectories, Is.EquivalentTo(new[] { "a/b", "" }));
        Assert.That(Status("a/b").Permissions, Is.EqualTo(0x1EDu));
    }

    [Test]
    public void Unpack_NameThatIsNotUtf8_KeepsItsBytes()
    {
        Run("sh", "-c", $"cd {directory["outside"]} && printf x > \"$(printf 'caf\\351')\" && tar cf ../layer.tar .");
        using var archive = File.OpenRead(directory["layer.tar"]);
        LayerUnpacker.Unpack(archive, directory["fs"], CancellationToken.None);

        Assert.That(Status("caf\u00e9").Kind, Is.EqualTo(FileKind.Regular));
    }

    [TestCase("gnu")]
    [TestCase("pax")]
    [TestCase("ustar")]
    public void Unpack_ArchiveOfTarProgram_IsTheSameTree(string format)
    {
        var source = directory["outside"];
        var deep = string.Concat(Enumerable.Repeat("deep/", 15));
        Run("sh", "-c", $"cd {source} && mkdir -p {deep} && echo hi > {deep}file && ln -s big link && seq 100000 > big && chown 70000:99 big && ln big hard");
        Run("tar", "-C", source, "--format=" + format, "-cf", directory["layer.tar"], ".");
        using var archive = File.OpenRead(directory["layer.tar"]);
        LayerUnpacker.Unpack(archive, directory["fs"], CancellationToken.None);

        Assert.That(Run("diff", "-r", source, directory["fs"]), Is.EqualTo(""));
        using var left = PathAt.OpenDirectory(source);
        PathAt.Status(left, "big\0"u8, out var expected);
        var actual = Status("big");
        Assert.That((actual.Uid, actual.Gid, actual.Permissions, actual.ModifiedSeconds), Is.EqualTo((expected.Uid, expected.Gid, expected.Permissions, expected.ModifiedSeconds)));
    }

    private UnpackedLayer Unpack(params System.Formats.Tar.TarEntry[] entries) =>
        LayerUnpacker.Unpack(new MemoryStream(TestImage.Tar(entries)), directory["fs"], CancellationToken.None);

    private FileStatus Status(string path)
    {
        using var root = PathAt.OpenDirectory(directory["fs"]);
        Assert.That(PathAt.Status(root, LayerTree.Bytes(path), out var status), Is.Zero, path);
        return status;
    }

    private bool Opaque(string path)
    {
        using var opened = PathAt.OpenDirectory(directory["fs/" + path]);
        return OpenFile.GetAttribute(opened, "trusted.overlay.opaque") is [(byte)'y'];
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
