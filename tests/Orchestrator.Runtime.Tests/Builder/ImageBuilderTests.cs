using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Builder;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Snapshots;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Builder;

[TestFixture]
[Category("Root")]
internal sealed class ImageBuilderTests
{
    private TemporaryDirectory directory = null!;
    private ImageStore store = null!;
    private MemoryStream progress = null!;
    private RecordingRunner runner = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        store = new ImageStore(directory["images"], TimeProvider.System);
        runner = new RecordingRunner();
        Directory.CreateDirectory(directory["context"]);
    }

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public async Task Build_ConfigurationInstructions_SetTheConfiguration()
    {
        Context("a", "x");
        var config = Configuration(await BuildAsync("""
            ARG version=1
            FROM scratch
            ARG version
            ARG name=demo
            ENV PATH=/bin VERSION=$version \
                TEXT="two words"
            ENV OLD style of env
            LABEL title="The $name" plain=yes
            WORKDIR /srv
            WORKDIR app
            COPY a .
            USER 1000:1000
            EXPOSE 8080 53/udp 9000-9001
            VOLUME /data
            STOPSIGNAL SIGQUIT
            ENTRYPOINT ["/app", "--x"]
            CMD run it
            """));

        Assert.Multiple(() =>
        {
            Assert.That(config.Env, Is.EqualTo(new[] { "PATH=/bin", "VERSION=1", "TEXT=two words", "OLD=style of env" }));
            Assert.That(config.Labels!["title"], Is.EqualTo("The demo"));
            Assert.That(config.WorkingDir, Is.EqualTo("/srv/app"));
            Assert.That(config.User, Is.EqualTo("1000:1000"));
            Assert.That(config.ExposedPorts!.Keys, Is.EqualTo(new[] { "8080/tcp", "53/udp", "9000/tcp", "9001/tcp" }));
            Assert.That(config.Volumes!.Keys, Is.EqualTo(new[] { "/data" }));
            Assert.That(config.StopSignal, Is.EqualTo("SIGQUIT"));
            Assert.That(config.Entrypoint, Is.EqualTo(new[] { "/app", "--x" }));
            Assert.That(config.Cmd, Is.EqualTo(new[] { "/bin/sh", "-c", "run it" }));
        });
    }

    [Test]
    public async Task Build_Copy_FollowsTheRulesOfDestinations()
    {
        Context("one.txt", "1");
        Context("two.txt", "2");
        Context("dir/deep/three.txt", "3");
        File.CreateSymbolicLink(directory["context/dir/link"], "deep/three.txt");
        var id = await BuildAsync("""
            FROM scratch
            COPY one.txt /renamed
            COPY one.txt /into/
            COPY *.txt /all/
            COPY dir /content
            COPY --chown=5:6 --chmod=0640 two.txt /all
            COPY . /everything
            """);

        Assert.Multiple(() =>
        {
            Assert.That(Read(id, "renamed"), Is.EqualTo("1"));
            Assert.That(Read(id, "into/one.txt"), Is.EqualTo("1"));
            Assert.That(Read(id, "all/one.txt"), Is.EqualTo("1"));
            Assert.That(Read(id, "content/deep/three.txt"), Is.EqualTo("3"));
            Assert.That(Read(id, "everything/dir/deep/three.txt"), Is.EqualTo("3"));
            var link = Status(id, "content/link");
            Assert.That(link.Kind, Is.EqualTo(FileKind.Symlink));
            var two = Status(id, "all/two.txt");
            Assert.That((two.Uid, two.Gid, two.Permissions), Is.EqualTo((5u, 6u, 0x1A0u)));
            Assert.That(Status(id, "content").Permissions, Is.EqualTo(0x1EDu));
        });
    }

    [Test]
    public async Task Build_CopyThroughLinkOfTheImage_StaysInTheImage()
    {
        Directory.CreateDirectory(directory["context/base/usr/lib"]);
        File.CreateSymbolicLink(directory["context/base/lib"], "usr/lib");
        File.CreateSymbolicLink(directory["context/base/out"], directory["outside"]);
        Directory.CreateDirectory(directory["outside"]);
        Context("x", "1");
        var id = await BuildAsync("FROM scratch\nCOPY base /\nCOPY x /lib/\nCOPY x /lib/y\n");

        Assert.That(Read(id, "usr/lib/x"), Is.EqualTo("1"));
        Assert.That(Read(id, "usr/lib/y"), Is.EqualTo("1"));
        Assert.That(async () => await BuildAsync("FROM scratch\nCOPY base /\nCOPY x /out/x\n"), Throws.TypeOf<RuntimeException>());
        Assert.That(Directory.GetFileSystemEntries(directory["outside"]), Is.Empty);
    }

    [Test]
    public async Task Build_Stages_CopyFromEachOtherAndFromImages()
    {
        Context("a", "x");
        await BuildAsync("FROM scratch\nCOPY a /base\n", tag: "base:1");
        var id = await BuildAsync("""
            FROM base:1 AS build
            COPY --chown=7 a /made
            FROM scratch AS unused
            COPY nothing /
            FROM scratch
            COPY --from=build /made /result
            COPY --from=0 /base /also
            COPY --from=base:1 /base /third
            """);

        Assert.That(Status(id, "result").Uid, Is.EqualTo(7u));
        Assert.That(Read(id, "also") + Read(id, "third"), Is.EqualTo("xx"));
    }

    [Test]
    public async Task Build_FromImage_KeepsWhatTheBuilderDoesNotKnow()
    {
        Context("a", "x");
        await BuildAsync("FROM scratch\nCOPY a /a\nENV A=1 B=2\nCMD [\"old\"]\n", tag: "base:1");
        var config = Configuration(await BuildAsync("FROM base:1\nENV A=3\nENTRYPOINT [\"/new\"]\n"));

        Assert.That(config.Env, Is.EqualTo(new[] { "A=3", "B=2" }));
        Assert.That(config.Cmd, Is.Null);
    }

    [Test]
    public async Task Build_Again_TakesLayersFromTheCacheAndGivesTheSameImage()
    {
        Context("a", "x");
        Context("b", "y");
        const string text = "FROM scratch\nCOPY a /a\nRUN touch\nCOPY b /b\n";
        var first = await BuildResultAsync(text);
        var again = await BuildResultAsync(text);
        Assert.That(again.Id, Is.EqualTo(first.Id));
        Assert.That((first.CachedSteps, again.CachedSteps), Is.EqualTo((0, 3)));
        Assert.That(runner.Containers, Has.Count.EqualTo(1));

        Context("b", "changed");
        var changed = await BuildResultAsync(text);
        Assert.That(changed.CachedSteps, Is.EqualTo(2));
        Assert.That(Read(changed.Id, "b"), Is.EqualTo("changed"));

        Context("a", "changed");
        Assert.That((await BuildResultAsync(text)).CachedSteps, Is.Zero);
    }

    [Test]
    public async Task Build_WithSourceDateEpoch_IsReproducible()
    {
        Context("a", "x");
        var epoch = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        var ids = new List<string>();
        foreach (var name in new[] { "s1", "s2" })
        {
            store = new ImageStore(directory[name], TimeProvider.System);
            File.SetLastWriteTimeUtc(directory["context/a"], new DateTime(2020 + ids.Count, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            ids.Add((await BuildResultAsync("FROM scratch\nWORKDIR /x\nCOPY a b/c\n", new BuildOptions { ContextDirectory = directory["context"], SourceDateEpoch = epoch })).Id);
        }

        Assert.That(ids[0], Is.EqualTo(ids[1]));
    }

    [Test]
    public async Task Build_Run_GivesTheCommandItsSurroundings()
    {
        Context("a", "x");
        runner.Change = upper => File.WriteAllText(Path.Combine(upper, "made"), "by run");
        var id = await BuildAsync("""
            FROM scratch
            ARG secret=s
            ENV HOME=/root
            COPY a /a
            WORKDIR /w
            USER 5
            RUN make $HOME
            RUN ["a", "b c"]
            RUN <<EOF
            line 1
            line 2
            EOF
            """);

        var first = runner.Containers[0];
        Assert.Multiple(() =>
        {
            Assert.That(first.Command, Is.EqualTo(new[] { "/bin/sh", "-c", "make $HOME" }));
            Assert.That(first.Environment, Does.Contain("secret=s").And.Contain("HOME=/root"));
            Assert.That((first.WorkingDirectory, first.User, first.LayerDirectories.Count), Is.EqualTo(("/w", "5", 2)));
            Assert.That(runner.Containers[1].Command, Is.EqualTo(new[] { "a", "b c" }));
            Assert.That(runner.Containers[2].Command[2], Is.EqualTo("line 1\nline 2\n"));
            Assert.That(Read(id, "made"), Is.EqualTo("by run"));
            Assert.That(Configuration(id).Env, Is.EqualTo(new[] { "HOME=/root" }));
        });
    }

    [Test]
    public void Build_RunThatFails_SaysWhereAndHow()
    {
        Context("a", "x");
        runner.ExitCode = 3;
        Assert.That(
            async () => await BuildAsync("FROM scratch\nCOPY a /\nRUN false\n"),
            Throws.TypeOf<RuntimeException>().With.Message.EqualTo("Dockerfile:3: RUN: the command returned exit code 3: false"));
        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public async Task Build_RunThatDeletes_HidesTheFile()
    {
        Context("dir/a", "x");
        Context("b", "y");
        runner.Change = upper =>
        {
            using var root = PathAt.OpenDirectory(upper);
            PathAt.MakeNode(root, "b\0"u8, FileKind.CharacterDevice, 0, 0, 0);
            PathAt.MakeDirectory(root, "dir\0"u8, 0x1ED);
            using var made = PathAt.OpenDirectory(Path.Combine(upper, "dir"));
            OpenFile.SetAttribute(made, "trusted.overlay.opaque", "y"u8);
        };
        var id = await BuildAsync("FROM scratch\nCOPY dir /dir\nCOPY b /\nRUN rm\n");

        using var root = Open(id);
        Assert.That(DirectoryEntries.Read(root), Is.EqualTo(new[] { "dir" }));
        using var inside = Open(id);
        PathAt.Open(inside, "dir\0"u8, OpenFlags.Directory, 0, ResolveFlags.None, out var dir);
        Assert.That(DirectoryEntries.Read(dir!), Is.Empty);
        dir!.Dispose();
    }

    [Test]
    public async Task Build_Add_UnpacksArchivesAndCopiesTheRest()
    {
        directory.Write("context/a.tar.gz", TestImage.Gzip(TestImage.Tar(TestImage.File("x/y", "1"), TestImage.HardLink("x/h", "x/y"))));
        directory.Write("context/b.gz", TestImage.Gzip("no archive"u8.ToArray()));
        var id = await BuildAsync("FROM scratch\nADD a.tar.gz b.gz /opt/\nCOPY a.tar.gz /opt/\n");

        Assert.That(Read(id, "opt/x/y"), Is.EqualTo("1"));
        Assert.That(Status(id, "opt/x/h").Links, Is.EqualTo(2u));
        Assert.That(Status(id, "opt/b.gz").Kind, Is.EqualTo(FileKind.Regular));
        Assert.That(Status(id, "opt/a.tar.gz").Kind, Is.EqualTo(FileKind.Regular));
    }

    [Test]
    public async Task Build_IgnoredFiles_AreNotInTheContext()
    {
        Context(".dockerignore", "*.log\nobj\n!obj/keep\n");
        Context("a.log", "x");
        Context("obj/drop", "x");
        Context("obj/keep", "k");
        var id = await BuildAsync("FROM scratch\nCOPY . /\n");

        Assert.That(Read(id, "obj/keep"), Is.EqualTo("k"));
        using var root = Open(id);
        Assert.That(DirectoryEntries.Read(root), Is.EquivalentTo(new[] { ".dockerignore", "Dockerfile", "obj" }));
        Assert.That(async () => await BuildAsync("FROM scratch\nCOPY a.log /\n"), Throws.TypeOf<RuntimeException>());
    }

    [Test]
    public async Task Build_ChownByName_UsesTheImagesOwnUsers()
    {
        Context("etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:321:99::/:/bin/sh\n");
        Context("etc/group", "staff:x:77:\n");
        var id = await BuildAsync("FROM scratch\nCOPY etc /etc/\nCOPY --chown=app:staff etc/passwd /a\nCOPY --chown=app etc/passwd /b\n");

        Assert.That((Status(id, "a").Uid, Status(id, "a").Gid, Status(id, "b").Gid), Is.EqualTo((321u, 77u, 321u)));
    }

    [TestCase("COPY missing /", "Dockerfile:2: COPY: \"missing\" not found in the build context")]
    [TestCase("COPY ../x /", "Dockerfile:2: COPY: \"../x\" leads out of the build context")]
    [TestCase("COPY a b /c", "Dockerfile:2: COPY: with several sources the destination \"/c\" must end with a slash")]
    [TestCase("ADD https://example.com/x /", "Dockerfile:2: ADD: \"https://example.com/x\": remote sources are not supported; fetch the file first, or with RUN")]
    [TestCase("COPY --chown=nobody a /", "Dockerfile:2: COPY: --chown: the image has no user \"nobody\" in /etc/passwd")]
    [TestCase("ONBUILD RUN x", "Dockerfile:2: ONBUILD: is not supported: write the instructions where they are to run")]
    [TestCase("EXPOSE 99999", "Dockerfile:2: EXPOSE: \"99999\" is not a port")]
    [TestCase("RUN x", "Dockerfile:2: RUN: there is no file system to run in: the stage is from scratch and nothing has been copied")]
    [TestCase("ENV x", "Dockerfile:2: ENV: \"x\" has no value: write NAME=value")]
    public void Build_Mistake_NamesFileLineAndInstruction(string instruction, string message)
    {
        Context("a", "x");
        Context("b", "x");
        Assert.That(async () => await BuildAsync("FROM scratch\n" + instruction + "\n"), Throws.TypeOf<RuntimeException>().With.Message.EqualTo(message));
    }

    private void Context(string name, string content) => directory.Write("context/" + name, Encoding.UTF8.GetBytes(content));

    private async Task<string> BuildAsync(string dockerfile, string tag = "built:1") =>
        (await BuildResultAsync(dockerfile, new BuildOptions { ContextDirectory = directory["context"], Tags = [tag] })).Id;

    private async Task<BuildResult> BuildResultAsync(string dockerfile, BuildOptions? options = null)
    {
        Context("Dockerfile", dockerfile);
        progress = new MemoryStream();
        return await new ImageBuilder(store, new NoPuller(), runner).BuildAsync(
            options ?? new BuildOptions { ContextDirectory = directory["context"] }, progress, default);
    }

    private OciImageConfig Configuration(string id) => Image(id).Config;

    private ContainerImage Image(string id) =>
        new ImageService(store, new NoPuller(), Microsoft.Extensions.Logging.Abstractions.NullLogger<ImageService>.Instance).Find(id)!;

    private Microsoft.Win32.SafeHandles.SafeFileHandle Open(string id) =>
        Image(id).LayerDirectories is [var only] ? PathAt.OpenDirectory(only) : OverlayMount.Open(Image(id).LayerDirectories, null, null);

    private string Read(string id, string path)
    {
        using var root = Open(id);
        Assert.That(PathAt.Open(root, LayerTree.Bytes(path), OpenFlags.ReadOnly, 0, ResolveFlags.InRoot, out var handle), Is.Zero, path);
        using var reader = new StreamReader(new FileStream(handle!, FileAccess.Read));
        return reader.ReadToEnd();
    }

    private FileStatus Status(string id, string path)
    {
        using var root = Open(id);
        Assert.That(PathAt.Status(root, LayerTree.Bytes(path), out var status), Is.Zero, path);
        return status;
    }

    private sealed class NoPuller : IImagePuller
    {
        public Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken) =>
            throw new RuntimeException(RuntimeError.NotFound, $"{reference}: not found");
    }

    private sealed class RecordingRunner : IBuildContainerRunner
    {
        public List<BuildContainer> Containers { get; } = [];

        public int ExitCode { get; set; }

        public Action<string> Change { get; set; } = _ => { };

        public Task<int> RunAsync(BuildContainer container, Stream output, CancellationToken cancellationToken)
        {
            Containers.Add(container);
            Change(container.UpperDirectory);
            return Task.FromResult(ExitCode);
        }
    }
}
