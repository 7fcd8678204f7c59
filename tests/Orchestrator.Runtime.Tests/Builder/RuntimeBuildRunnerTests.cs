using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Runtime.Builder;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Builder;

[TestFixture]
[Category("Root")]
internal sealed class RuntimeBuildRunnerTests
{
    private TemporaryDirectory directory = null!;
    private ImageStore store = null!;
    private MemoryStream progress = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        store = new ImageStore(directory["images"], TimeProvider.System);
        progress = new MemoryStream();
        Directory.CreateDirectory(directory["context/bin"]);
        File.Copy("/bin/busybox", directory["context/bin/busybox"]);
        foreach (var tool in new[] { "sh", "echo", "cat", "rm", "mkdir", "id", "ls", "pwd", "mv", "chmod" })
            File.CreateSymbolicLink(directory["context/bin/" + tool], "busybox");
        directory.Write("context/old/file", "old"u8.ToArray());
        directory.Write("context/gone", "gone"u8.ToArray());
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(Directory.Exists(directory["state"]) ? Directory.GetFileSystemEntries(directory["state"]) : [], Is.Empty);
        Assert.That(File.ReadAllText("/proc/self/mountinfo"), Does.Not.Contain(directory.Path));
        directory.Dispose();
    }

    [Test]
    public async Task Build_Run_ChangesTheImage()
    {
        var result = await BuildAsync("""
            FROM scratch
            COPY . /
            ENV GREETING=hello
            WORKDIR /work
            RUN echo "$GREETING from $(pwd)" > out && rm /gone && rm -r /old && mkdir /old && echo printed
            USER 7:8
            RUN --network=none ["/bin/sh", "-c", "id -u; id -g; ls /sys/class/net"]
            """);

        await using (var saved = File.Create(directory["saved.tar"]))
            await ImageArchive.SaveAsync(store, [result.Id], saved, default);
        var text = Encoding.UTF8.GetString(progress.ToArray());
        var image = new ImageService(store, new NoPuller(), NullLogger<ImageService>.Instance).Find(result.Id)!;
        var top = image.LayerDirectories[0];
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("\nprinted\n").And.Contain("\n7\n8\nlo\n"));
            Assert.That(File.ReadAllText(Path.Combine(top, "work/out")), Is.EqualTo("hello from /work\n"));
            // The second command changed nothing, and mounts leave no trace.
            Assert.That(Directory.GetFileSystemEntries(top).Select(Path.GetFileName), Is.EquivalentTo(new[] { "gone", "old", "work" }));
        });
    }

    [Test]
    public void Build_CommandFails_LeavesNothing() =>
        Assert.That(
            async () => await BuildAsync("FROM scratch\nCOPY . /\nRUN echo to stderr >&2; exit 4\n"),
            Throws.TypeOf<RuntimeException>().With.Message.StartsWith("Dockerfile:3: RUN: the command returned exit code 4"));

    [Test]
    public void Build_NoSuchProgram_SaysSo() =>
        Assert.That(
            async () => await BuildAsync("FROM scratch\nCOPY . /\nRUN [\"/nosuch\"]\n"),
            Throws.TypeOf<RuntimeException>().With.Message.Contains("/nosuch"));

    private Task<BuildResult> BuildAsync(string dockerfile)
    {
        directory.Write("context/Dockerfile", Encoding.UTF8.GetBytes(dockerfile));
        directory.Write("context/.dockerignore", "Dockerfile\n.dockerignore\n"u8.ToArray());
        var shim = Environment.GetEnvironmentVariable("ORC_SHIM") ?? Path.Combine(TestContext.CurrentContext.TestDirectory, "shim", "orc-shim");
        var runner = new RuntimeBuildRunner(shim, directory["state"], TimeProvider.System, new Random(Environment.ProcessId), NullLoggerFactory.Instance);
        return new ImageBuilder(store, new NoPuller(), runner).BuildAsync(new BuildOptions { ContextDirectory = directory["context"] }, progress, default);
    }

    private sealed class NoPuller : IImagePuller
    {
        public Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
