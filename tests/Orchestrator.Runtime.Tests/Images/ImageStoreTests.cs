using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Tests.Images;

[TestFixture]
[Category("Root")]
internal sealed class ImageStoreTests
{
    private TemporaryDirectory directory = null!;
    private ImageStore store = null!;
    private ImageService service = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        store = new ImageStore(directory["images"], TimeProvider.System);
        service = new ImageService(store, new NoPuller(), NullLogger<ImageService>.Instance);
    }

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public async Task Load_OciArchive_GivesNamesAndLayers()
    {
        var loaded = await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"), Layer("b", "2")));
        var image = service.Find(loaded[0].Id)!;

        Assert.That(loaded[0].Tags, Is.EqualTo(new[] { "docker.io/library/app:1" }));
        Assert.That(image.Config.Entrypoint, Is.EqualTo(new[] { "/app" }));
        Assert.That(image.LayerDirectories.Select(d => Path.GetFileName(Directory.GetFiles(d)[0])), Is.EqualTo(new[] { "b", "a" }));
    }

    [Test]
    public async Task Load_DockerArchive_IsTheSameImageAsOci()
    {
        var oci = await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1")));
        var docker = await LoadAsync(TestImage.DockerArchive("app:2", Layer("a", "1")));

        Assert.That(docker[0].Id, Is.EqualTo(oci[0].Id));
        var record = await service.ImageStatusAsync("app:2", default);
        Assert.That(record!.RepoTags, Is.EqualTo(new[] { "docker.io/library/app:1", "docker.io/library/app:2" }));
        Assert.That(record.Uid, Is.EqualTo(1000));
        Assert.That(record.RepoDigests, Is.Not.Empty);
    }

    [Test]
    public async Task Load_CompressedArchiveFromStream_Works()
    {
        var archive = TestImage.Gzip(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1")));
        var loaded = await ImageArchive.LoadAsync(store, new MemoryStream(archive), default);

        Assert.That(loaded, Has.Count.EqualTo(1));
        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public async Task Load_TagOfAnotherImage_MovesTheTag()
    {
        var first = await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1")));
        var second = await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "2")));

        Assert.That((await service.ImageStatusAsync("app:1", default))!.Id, Is.EqualTo(second[0].Id));
        Assert.That((await service.ImageStatusAsync(first[0].Id, default))!.RepoTags, Is.Empty);
    }

    [Test]
    public void Load_WrongBlobDigest_IsRefusedAndLeavesNothing()
    {
        var files = TestImage.OciFiles("docker.io/library/app:1", Layer("a", "1"));
        var layer = files.Keys.Where(k => k.StartsWith("blobs", StringComparison.Ordinal)).First();
        files[layer] = TestImage.Gzip(Layer("a", "evil"));

        var e = Assert.ThrowsAsync<RuntimeException>(() => LoadAsync(TestImage.Archive(files)));
        Assert.That(e!.Message, Does.Contain("digest"));
        Assert.That(service.ListImagesAsync(default).Result, Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public void Load_WrongDiffId_IsRefused()
    {
        var files = TestImage.OciFiles("docker.io/library/app:1", Layer("a", "1"));
        // A configuration that promises other content, correctly named everywhere.
        var archive = TestImage.DockerArchive("app:1", Layer("a", "1"));
        var text = System.Text.Encoding.Latin1.GetString(archive).Replace(TestImage.Sha(Layer("a", "1")), TestImage.Sha(Layer("a", "2")), StringComparison.Ordinal);

        var e = Assert.ThrowsAsync<RuntimeException>(() => LoadAsync(System.Text.Encoding.Latin1.GetBytes(text)));
        Assert.That(e!.Message, Does.Contain("the image's configuration says"));
        Assert.That(files, Is.Not.Empty);
        Assert.That(Directory.GetFileSystemEntries(directory["images/layers"]), Is.Empty);
    }

    [TestCase("not an archive at all")]
    [TestCase("")]
    public void Load_NoArchive_SaysSo(string content) =>
        Assert.That(
            async () => await LoadAsync(System.Text.Encoding.UTF8.GetBytes(content)),
            Throws.TypeOf<RuntimeException>().With.Message.StartsWith("failed to load the image archive"));

    [Test]
    public async Task Find_ByEveryKindOfName_FindsTheImage()
    {
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"))))[0].Id;
        var record = await service.ImageStatusAsync(id, default);

        foreach (var name in new[] { "app:1", "docker.io/library/app:1", id, id[7..], id[7..19], record!.RepoDigests[0] })
            Assert.That((await service.ImageStatusAsync(name, default))?.Id, Is.EqualTo(id), name);
        Assert.That(await service.ImageStatusAsync("app", default), Is.Null);
    }

    [Test]
    public async Task Remove_LastName_DeletesContentAndLayers()
    {
        await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1")));
        await service.RemoveImageAsync("app:1", default);

        Assert.That(await service.ListImagesAsync(default), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(directory["images/blobs/sha256"]), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(directory["images/layers"]), Is.Empty);
    }

    [Test]
    public async Task Remove_SharedLayer_StaysForTheOther()
    {
        var keep = (await LoadAsync(TestImage.OciArchive("docker.io/library/keep:1", Layer("a", "1"))))[0].Id;
        await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"), Layer("b", "1")));
        await service.RemoveImageAsync("app:1", default);

        Assert.That(service.Find(keep)!.LayerDirectories, Has.All.Matches<string>(Directory.Exists));
        Assert.That(Directory.GetDirectories(directory["images/layers"]), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Remove_HeldImage_KeepsLayersUntilTheHolderIsGone()
    {
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"))))[0].Id;
        var layers = service.Find(id)!.LayerDirectories;
        Directory.CreateDirectory(directory["container"]);
        Assert.That(service.Hold(id, directory["container"]), Is.True);
        await service.RemoveImageAsync(id, default);
        Assert.That(layers, Has.All.Matches<string>(Directory.Exists));
        Assert.That(service.Hold(id, directory["container"]), Is.False);

        Directory.Delete(directory["container"]);
        store.Garbage.TryCollect();
        Assert.That(layers, Has.None.Matches<string>(Directory.Exists));
    }

    [Test]
    public async Task Release_HeldImage_LetsItGo()
    {
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"))))[0].Id;
        Directory.CreateDirectory(directory["container"]);
        service.Hold(id, directory["container"]);
        service.Release(id, directory["container"]);
        service.Release(id, directory["container"]);
        await service.RemoveImageAsync(id, default);

        Assert.That(Directory.GetFileSystemEntries(directory["images/layers"]), Is.Empty);
    }

    [Test]
    public async Task SecondStore_OnTheSameDirectory_SeesChangesAtOnce()
    {
        var other = new ImageService(new ImageStore(directory["images"], TimeProvider.System), new NoPuller(), NullLogger<ImageService>.Instance);
        Assert.That(await other.ListImagesAsync(default), Is.Empty);
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"))))[0].Id;
        Assert.That(other.Find(id), Is.Not.Null);
        await service.RemoveImageAsync(id, default);
        Assert.That(other.Find(id), Is.Null);
    }

    [Test]
    public async Task Load_ManyAtOnceFromSeveralStores_KeepsAllImages()
    {
        var shared = Layer("base", new string('x', 100_000));
        var loads = Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            var own = new ImageStore(directory["images"], TimeProvider.System);
            var path = directory.Write($"archive{i}.tar", TestImage.OciArchive($"docker.io/library/app:{i}", shared, Layer("own", i.ToString())));
            await ImageArchive.LoadAsync(own, path, default);
        }));
        await Task.WhenAll(loads);

        var images = await service.ListImagesAsync(default);
        Assert.That(images, Has.Count.EqualTo(12));
        Assert.That(Directory.GetDirectories(directory["images/layers"]), Has.Length.EqualTo(13));
    }

    [Test]
    public async Task Find_LayerWithoutDirectoryEntries_KeepsTheLowerDirectorysMode()
    {
        var bottom = TestImage.Tar(TestImage.Directory("tmp/", 0x3FF, 9), TestImage.File("tmp/target", "linked"), TestImage.Directory("gone/", 0x1C0));
        var top = TestImage.Tar(TestImage.File("tmp/x", "1"), TestImage.HardLink("link", "tmp/target"), TestImage.File(".wh.gone", ""), TestImage.File("new/y", ""));
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", bottom, top)))[0].Id;
        var stack = service.Find(id)!.LayerDirectories;

        Assert.That(stack, Has.Count.EqualTo(3));
        using var fixup = PathAt.OpenDirectory(stack[0]);
        PathAt.Status(fixup, "tmp\0"u8, out var status);
        Assert.That((status.Permissions, status.Uid), Is.EqualTo((0x3FFu, 9u)));
        Assert.That(File.ReadAllText(Path.Combine(stack[0], "link")), Is.EqualTo("linked"));
        Assert.That(Directory.GetFileSystemEntries(stack[0]).Select(Path.GetFileName), Is.EquivalentTo(new[] { "tmp", "link" }));
    }

    [Test]
    public async Task Save_ThenLoadElsewhere_IsTheSameImage()
    {
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"), Layer("b", "2"))))[0].Id;
        await using (var output = File.Create(directory["saved.tar"]))
            await ImageArchive.SaveAsync(store, ["app:1"], output, default);

        var other = new ImageStore(directory["other"], TimeProvider.System);
        var loaded = await ImageArchive.LoadAsync(other, directory["saved.tar"], default);
        Assert.That(loaded.Single().Id, Is.EqualTo(id));
        Assert.That(loaded.Single().Tags, Is.EqualTo(new[] { "docker.io/library/app:1" }));
    }

    [Test]
    public async Task Pull_SameImageByManyAtOnce_PullsOnce()
    {
        var puller = new SlowPuller();
        var pulling = new ImageService(store, puller, NullLogger<ImageService>.Instance);
        using var impatient = new CancellationTokenSource();
        var first = pulling.PullImageAsync("app:1", null, default);
        var second = pulling.PullImageAsync("docker.io/library/app:1", null, default);
        var third = pulling.PullImageAsync("app:1", null, impatient.Token);
        await impatient.CancelAsync();
        puller.Done.SetResult("sha256:id");

        Assert.That(await first, Is.EqualTo("sha256:id"));
        Assert.That(await second, Is.EqualTo("sha256:id"));
        Assert.That(async () => await third, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(puller.Calls, Is.EqualTo(1));
    }

    [Test]
    public async Task Usage_OfStore_CountsWhatIsThere()
    {
        await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", new string('x', 50_000))));
        var usage = await service.ImageFilesystemUsageAsync(default);

        Assert.That(usage.UsedBytes, Is.GreaterThan(50_000).And.LessThan(10_000_000));
        Assert.That(usage.InodesUsed, Is.GreaterThan(5));
    }

    [Test]
    public async Task Load_LayersCompressedWithZstd_Works()
    {
        if (!File.Exists("/usr/bin/zstd"))
            Assert.Ignore("the zstd program is not installed");
        var layer = directory.Write("layer", Layer("a", new string('z', 400_000)));
        using (var zstd = System.Diagnostics.Process.Start("zstd", ["-q", layer]))
            await zstd.WaitForExitAsync();
        var text = System.Text.Encoding.Latin1;
        var docker = TestImage.DockerArchive("app:1", File.ReadAllBytes(layer + ".zst"));
        // The digest in the configuration is that of the uncompressed layer, wherever the archive keeps it compressed.
        var archive = text.GetString(docker).Replace(TestImage.Sha(File.ReadAllBytes(layer + ".zst")), TestImage.Sha(File.ReadAllBytes(layer)), StringComparison.Ordinal);
        var loaded = await LoadAsync(text.GetBytes(archive));

        Assert.That(File.ReadAllText(Path.Combine(service.Find(loaded[0].Id)!.LayerDirectories[0], "a")), Has.Length.EqualTo(400_000));
        Assert.That((string)new ImageAdministration(store).Inspect("app:1")["layers"]![0]!["mediaType"]!, Does.EndWith("tar+zstd"));
    }

    [Test]
    public void Load_CutOffGzipLayer_IsRefused()
    {
        var layer = Layer("a", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(200_000)));
        var cut = TestImage.Gzip(layer)[..100_000];
        var text = System.Text.Encoding.Latin1;
        var archive = text.GetString(TestImage.DockerArchive("app:1", cut)).Replace(TestImage.Sha(cut), TestImage.Sha(layer), StringComparison.Ordinal);

        Assert.That(async () => await LoadAsync(text.GetBytes(archive)), Throws.TypeOf<RuntimeException>().With.Message.StartsWith("failed to extract layer sha256:"));
        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public async Task Load_SameLayerTwice_StacksItOnce()
    {
        var id = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"), Layer("b", "1"), Layer("a", "1"))))[0].Id;

        Assert.That(service.Find(id)!.LayerDirectories.Select(d => Path.GetFileName(Directory.GetFiles(d)[0])), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void Load_OtherArchitecture_SaysSo()
    {
        var text = System.Text.Encoding.Latin1;
        var archive = text.GetString(TestImage.DockerArchive("app:1", Layer("a", "1"))).Replace("amd64", "mips7", StringComparison.Ordinal);

        Assert.That(async () => await LoadAsync(text.GetBytes(archive)), Throws.TypeOf<RuntimeException>().With.Message.Contains("no match for platform in manifest"));
    }

    [Test]
    public async Task Tag_OtherName_FindsTheImageAndTakesTheNameFromAnother()
    {
        var administration = new ImageAdministration(store);
        var first = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "1"))))[0].Id;
        var second = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:2", Layer("a", "2"))))[0].Id;
        Assert.That(administration.Tag("app:1", "orc.dev/app:2"), Is.EqualTo("orc.dev/app:2"));
        administration.Tag(first, "app:2");

        Assert.That(store.Find("app:2")!.Id, Is.EqualTo(first));
        Assert.That(store.Get(first).Tags, Is.EqualTo(new[] { "docker.io/library/app:1", "docker.io/library/app:2", "orc.dev/app:2" }));
        Assert.That(store.Get(second).Tags, Is.Empty);
        Assert.That((string)administration.Inspect("app:2")["configuration"]!["config"]!["Entrypoint"]![0]!, Is.EqualTo("/app"));
    }

    [Test]
    public async Task Prune_UnnamedAndUnused_KeepsWhatIsHeldOrNamed()
    {
        var administration = new ImageAdministration(store);
        await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "old")));
        var held = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "held"))))[0].Id;
        Directory.CreateDirectory(directory["container"]);
        service.Hold(held, directory["container"]);
        var named = (await LoadAsync(TestImage.OciArchive("docker.io/library/app:1", Layer("a", "named"))))[0].Id;

        var collected = await administration.PruneAsync(all: false, default);
        Assert.That((await service.ListImagesAsync(default)).Select(i => i.Id), Is.EquivalentTo(new[] { held, named }));
        Assert.That((collected.Blobs, collected.Layers), Is.EqualTo((3, 1)));
        await administration.PruneAsync(all: true, default);
        Assert.That((await service.ListImagesAsync(default)).Select(i => i.Id), Is.EquivalentTo(new[] { held }));
    }

    [Test]
    public async Task Prune_AfterACrash_DeletesWhatWasLeftUnfinished()
    {
        Directory.CreateDirectory(directory["images/work/layer-left/fs"]);
        directory.Write("images/work/blob-left", [1]);
        await new ImageAdministration(store).PruneAsync(false, default);

        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public async Task Prune_WhileSomebodyAdds_Refuses()
    {
        using (store.BeginAdding())
            Assert.That(async () => await new ImageAdministration(store).PruneAsync(false, default), Throws.TypeOf<RuntimeException>());
        Assert.That((await new ImageAdministration(store).PruneAsync(false, default)).Blobs, Is.Zero);
    }

    private async Task<IReadOnlyList<LoadedImage>> LoadAsync(byte[] archive) =>
        await ImageArchive.LoadAsync(store, directory.Write("archive.tar", archive), default);

    private static byte[] Layer(string name, string content) => TestImage.Tar(TestImage.File(name, content));

    private sealed class NoPuller : IImagePuller
    {
        public Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class SlowPuller : IImagePuller
    {
        public TaskCompletionSource<string> Done { get; } = new();

        public int Calls { get; private set; }

        public Task<string> PullAsync(ImageStore store, ImageReference reference, RegistryAuth? auth, CancellationToken cancellationToken)
        {
            Calls++;
            return Done.Task.WaitAsync(cancellationToken);
        }
    }
}
