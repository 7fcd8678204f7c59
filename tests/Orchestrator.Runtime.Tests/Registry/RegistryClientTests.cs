using System.Text.Json.Nodes;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Registry;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Registry;

[TestFixture]
[Category("Root")]
internal sealed class RegistryClientTests
{
    private static readonly RegistryOptions options = new() { RetryDelay = TimeSpan.FromMilliseconds(1), ConnectTimeout = TimeSpan.FromSeconds(5) };

    private TemporaryDirectory directory = null!;
    private FakeRegistry registry = null!;
    private ImageStore store = null!;
    private RegistryClient client = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TemporaryDirectory();
        registry = new FakeRegistry();
        store = new ImageStore(directory["images"], TimeProvider.System);
        client = new RegistryClient(options, new RegistryCredentialFile(directory["auth.json"]), TimeProvider.System);
    }

    [TearDown]
    public void TearDown()
    {
        client.Dispose();
        registry.Dispose();
        directory.Dispose();
    }

    [Test]
    public async Task Pull_ByTag_NamesTheImageByTagAndDigest()
    {
        var manifest = registry.AddImage("1", Layer("a"), Layer("b"));
        var id = await PullAsync(":1");
        var entry = store.Get(id);

        Assert.That(entry.Tags, Is.EqualTo(new[] { registry.Name + ":1" }));
        Assert.That(entry.Digests, Is.EqualTo(new[] { $"{registry.Name}@{TestImage.Sha(manifest)}" }));
        Assert.That(entry.DiffIds, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Pull_ByDigest_GivesNoTag()
    {
        var manifest = registry.AddImage("1", Layer("a"));
        var id = await PullAsync("@" + TestImage.Sha(manifest));

        Assert.That(store.Get(id).Tags, Is.Empty);
        Assert.That(store.Find($"{registry.Name}@{TestImage.Sha(manifest)}")!.Id, Is.EqualTo(id));
    }

    [Test]
    public async Task Pull_Again_FetchesTheManifestOnly()
    {
        registry.AddImage("1", Layer("a"));
        await PullAsync(":1");
        registry.Requests.Clear();
        await PullAsync(":1");

        Assert.That(registry.Requests, Has.Count.EqualTo(1).And.All.Contains("manifests/1"));
    }

    [Test]
    public async Task Pull_Index_TakesThisPlatformsManifest()
    {
        var manifest = registry.AddImage("x", Layer("a"));
        var index = TestImage.Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.docker.distribution.manifest.list.v2+json",
            ["manifests"] = new JsonArray(Platform([1, 2], "arm64"), Platform(manifest, "amd64")),
        });
        registry.Add("1", index, "application/vnd.docker.distribution.manifest.list.v2+json");
        var id = await PullAsync(":1");

        Assert.That(store.Get(id).Manifest, Is.EqualTo(TestImage.Sha(manifest)));
        Assert.That(store.Get(id).Digests[0], Does.EndWith(TestImage.Sha(index)));
    }

    [TestCase("basic")]
    [TestCase("bearer")]
    public async Task Pull_WithLogin_Authenticates(string scheme)
    {
        registry.AddImage("1", Layer("a"));
        registry.Authorization = scheme;
        Assert.That(await PullAsync(":1", new RegistryAuth("user", "secret")), Does.StartWith("sha256:"));
    }

    [Test]
    public async Task Pull_LoginInFile_IsUsed()
    {
        registry.AddImage("1", Layer("a"));
        registry.Authorization = "basic";
        new RegistryCredentialFile(directory["auth.json"]).Set($"127.0.0.1:{registry.Port}", "user", "secret");

        Assert.That(await PullAsync(":1"), Does.StartWith("sha256:"));
        Assert.That(File.GetUnixFileMode(directory["auth.json"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Pull_AnonymousToken_IsFetched()
    {
        registry.AddImage("1", Layer("a"));
        registry.Authorization = "bearer";
        await PullAsync(":1");

        Assert.That(registry.Requests[1], Is.EqualTo("GET /token?service=fake%2C%20the&scope=repository%3Ateam%2Fapp%3Apull"));
    }

    [TestCase("basic")]
    [TestCase("bearer")]
    public void Pull_WrongPassword_IsUnauthorized(string scheme)
    {
        registry.AddImage("1", Layer("a"));
        registry.Authorization = scheme;
        var e = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(":1", new RegistryAuth("user", "wrong")))!;

        Assert.That(e.Error, Is.EqualTo(RuntimeError.Unauthorized));
        Assert.That(e.Message, Does.Contain("401 Unauthorized"));
    }

    [Test]
    public void Pull_NoSuchTag_SaysNotFound()
    {
        var e = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(":nosuch"))!;
        var name = registry.Name + ":nosuch";

        Assert.That(e.Error, Is.EqualTo(RuntimeError.NotFound));
        Assert.That(e.Message, Is.EqualTo($"failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found"));
    }

    [Test]
    public void Pull_NobodyListens_SaysConnectionRefused()
    {
        registry.Dispose();
        var e = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(":1"))!;

        Assert.That(e.Error, Is.EqualTo(RuntimeError.Unavailable));
        Assert.That(e.Message, Does.EndWith($"failed to do request: Get \"http://127.0.0.1:{registry.Port}/v2/team/app/manifests/1\": dial tcp 127.0.0.1:{registry.Port}: connect: connection refused"));
        registry = new FakeRegistry();
    }

    [Test]
    public async Task Pull_TransferBreaksOff_GoesOnWhereItStopped()
    {
        var layer = TestImage.Tar(TestImage.File("big", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(300_000))));
        registry.AddImage("1", layer);
        var blob = "blobs/" + TestImage.Sha(TestImage.Gzip(layer));
        registry.Break = (blob, 2);
        await PullAsync(":1");

        Assert.That(registry.Requests.Where(r => r.Contains(blob, StringComparison.Ordinal)).Select(r => r.Contains("bytes=", StringComparison.Ordinal)), Is.EqualTo(new[] { false, true, true }));
    }

    [Test]
    public void Pull_BlobWithOtherContent_IsRefused()
    {
        registry.AddImage("1", Layer("a"));
        var blob = "blobs/" + TestImage.Sha(TestImage.Gzip(Layer("a")));
        registry.Content[blob] = [.. registry.Content[blob].Reverse()];

        Assert.That(() => PullAsync(":1"), Throws.TypeOf<RuntimeException>().With.Message.Contains("has digest"));
        Assert.That(Directory.GetFileSystemEntries(directory["images/work"]), Is.Empty);
    }

    [Test]
    public void Pull_ManifestWithOtherDigest_IsRefused()
    {
        var manifest = registry.AddImage("1", Layer("a"));
        var other = TestImage.Sha("x"u8.ToArray());
        registry.Content["manifests/" + other] = manifest;

        Assert.That(() => PullAsync("@" + other), Throws.TypeOf<RuntimeException>().With.Message.Contains("expected " + other));
    }

    private async Task<string> PullAsync(string selector, RegistryAuth? auth = null) =>
        await client.PullAsync(store, ImageReference.Parse(registry.Name + selector), auth, default);

    private static JsonObject Platform(byte[] manifest, string architecture)
    {
        var descriptor = TestImage.Describe(manifest, "application/vnd.oci.image.manifest.v1+json");
        descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture };
        return descriptor;
    }

    private static byte[] Layer(string content) => TestImage.Tar(TestImage.File("file", content));
}
