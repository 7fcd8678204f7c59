using System.Text;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.ApiServer.Tests.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.ApiServer.Tests.Encryption;

[TestFixture]
[CancelAfter(60_000)]
internal sealed class EncryptingStoreTests
{
    private const string Key = "/registry/secrets/default/a";
    private const string Other = "/registry/secrets/default/b";

    private string directory = "";
    private string keyFile = "";
    private MemoryStore inner = null!;

    [SetUp]
    public void Open()
    {
        directory = Directory.CreateTempSubdirectory("orchestrator-encryption-").FullName;
        keyFile = Path.Combine(directory, "pki", KeyFile.FileName);
        KeyFile.Ensure(keyFile, TimeProvider.System);
        inner = new MemoryStore();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await inner.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Secrets_WrittenReplacedAndDeleted_AreNowherePlainOnDisk()
    {
        const string needle = "correct-horse-battery-staple", hay = "nothing-to-hide";
        var path = Path.Combine(directory, "store.db");
        await using (var store = await EncryptingStore.OpenAsync(SqliteStore.Open(new SqliteStoreOptions { Path = path }), keyFile, default))
        {
            var created = await PutAsync(store, Key, needle);
            await PutAsync(store, Key, needle + "2");
            await PutAsync(store, "/registry/configmaps/default/a", hay);
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete(Key)]), default);
            AssertOnDisk(path);

            Assert.That(Text((await store.GetAsync(Key, created, default)).KeyValue), Is.EqualTo(needle), "history opens, too");
            await foreach (var batch in store.WatchAsync("/registry/", created + 1, default))
            {
                Assert.That(Text(batch.Changes[0].Previous), Is.EqualTo(needle));
                Assert.That(Text(batch.Changes[0].Current), Is.EqualTo(needle + "2"));
                break;
            }
        }
        AssertOnDisk(path);

        void AssertOnDisk(string file)
        {
            var bytes = Encoding.Latin1.GetString([.. ReadShared(file), .. ReadShared(file + "-wal")]);
            Assert.That(bytes, Does.Contain(hay), "what is looked for would be found");
            Assert.That(bytes, Does.Not.Contain(needle));
        }
    }

    [Test]
    public async Task Rotate_OldValues_OpenAndAreRewrittenOnRequest()
    {
        var store = await OpenAsync();
        await PutAsync(store, Key, "one");
        var old = SealedValue.KeyIdOf((await inner.GetAsync(Key, 0, default)).KeyValue!.Value.Span);

        var id = KeyFile.Rotate(keyFile, TimeProvider.System);
        await PutAsync(store, Other, "two");

        Assert.That((await store.CountAsync(default)).ObjectsByKey, Is.EquivalentTo(new Dictionary<string, long> { [old!] = 1, [id] = 1 }));
        Assert.That(await TextAsync(store, Key), Is.EqualTo("one"));
        var status = await store.RewriteAsync(default);
        Assert.That((status.NewestKey, status.Rewritten), Is.EqualTo((id, 1L)));
        Assert.That(status.ObjectsByKey, Is.EquivalentTo(new Dictionary<string, long> { [id] = 2 }));
        Assert.That(await TextAsync(store, Key), Is.EqualTo("one"));
        Assert.That((await store.RewriteAsync(default)).Rewritten, Is.Zero);
    }

    [Test]
    public async Task Rewrite_LosesARaceToAnOlderKey_SealsThatToo()
    {
        var olderFile = Path.Combine(directory, "older.json");
        File.Copy(keyFile, olderFile);
        var other = await EncryptingStore.OpenAsync(inner, olderFile, default);
        await PutAsync(other, Key, "one");
        await using var racing = new StubbornStore(inner);
        var store = await EncryptingStore.OpenAsync(racing, keyFile, default);
        var id = KeyFile.Rotate(keyFile, TimeProvider.System);

        racing.BeforeNextWrite = () => PutAsync(other, Key, "theirs");
        var status = await store.RewriteAsync(default);

        Assert.That(SealedValue.KeyIdOf((await inner.GetAsync(Key, 0, default)).KeyValue!.Value.Span), Is.EqualTo(id));
        Assert.That((status.Rewritten, status.ObjectsByKey[id]), Is.EqualTo((1L, 1L)));
        Assert.That(await TextAsync(store, Key), Is.EqualTo("theirs"));
    }

    [Test]
    public async Task Rewrite_OneDoesNotOpen_IsNamedAndTheOthersAreDone()
    {
        var store = await OpenAsync();
        await PutAsync(store, Key, "one");
        await PutAsync(store, Other, "two");
        var value = (await inner.GetAsync(Key, 0, default)).KeyValue!.Value.ToArray();
        value[^1] ^= 1;
        await PutBytesAsync(inner, Key, value);
        var id = KeyFile.Rotate(keyFile, TimeProvider.System);

        AssertRefused(() => store.RewriteAsync(default), Key);

        Assert.That((await store.CountAsync(default)).ObjectsByKey[id], Is.EqualTo(1));
    }

    [Test]
    public async Task Range_OneDoesNotOpen_HasItsFaultAndTheOthers()
    {
        var store = await OpenAsync();
        var first = await PutAsync(store, Key, "one");
        await PutAsync(store, Other, "two");
        await PutBytesAsync(inner, Key, (await inner.GetAsync(Other, 0, default)).KeyValue!.Value.ToArray());

        var items = (await store.RangeAsync(new RangeRequest { Prefix = "/registry/" }, default)).Items;
        Assert.That((items[0].Fault, items[1].Fault, Text(items[1])), Is.EqualTo((items[0].Fault, (string?)null, "two")));
        Assert.That(items[0].Fault, Does.Contain(Key));
        await foreach (var batch in store.WatchAsync("/registry/", first + 2, default))
        {
            Assert.That((batch.Changes[0].Current!.Fault, Text(batch.Changes[0].Previous)), Is.EqualTo((items[0].Fault, "one")));
            break;
        }
    }

    [Test]
    public async Task Rotate_ByAnotherServer_IsNoticedWhenReading()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await PutAsync(first, Key, "one");

        KeyFile.Rotate(keyFile, TimeProvider.System);
        await PutAsync(first, Other, "two");

        Assert.That(await TextAsync(second, Other), Is.EqualTo("two"));
    }

    [Test]
    public async Task Get_ValueMovedFromAnotherSecret_IsRefused()
    {
        var store = await OpenAsync();
        await PutAsync(store, Key, "one");
        var stolen = (await inner.GetAsync(Key, 0, default)).KeyValue!.Value;

        await inner.CommitAsync(StoreTransaction.Create(Other, stolen), default);

        AssertRefused(async () => await store.GetAsync(Other, 0, default), Other);
    }

    [Test]
    public async Task Get_ValueChangedAnywhere_IsRefused()
    {
        var store = await OpenAsync();
        await PutAsync(store, Key, "one");
        var sealedValue = (await inner.GetAsync(Key, 0, default)).KeyValue!.Value.ToArray();
        var header = Array.LastIndexOf(sealedValue[..40], (byte)':') + 1;

        for (var place = header; place < sealedValue.Length; place++)
        {
            var changed = (byte[])sealedValue.Clone();
            changed[place] ^= 1;
            await inner.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key, changed)]), default);
            AssertRefused(async () => await store.GetAsync(Key, 0, default), Key);
        }
    }

    [Test]
    public async Task Open_KeyIsMissing_NamesObjectKeyAndFile()
    {
        await PutAsync(await OpenAsync(), Key, "one");
        var id = SealedValue.KeyIdOf((await inner.GetAsync(Key, 0, default)).KeyValue!.Value.Span)!;
        File.Delete(keyFile);
        KeyFile.Ensure(keyFile, TimeProvider.System);

        var error = AssertRefused(OpenAsync, Key);

        Assert.That(error.Message, Does.Contain(id).And.Contain(keyFile));
    }

    [Test]
    public async Task Open_KeyOfThatNameIsAnother_IsRefused()
    {
        await PutAsync(await OpenAsync(), Key, "one");
        var keys = KeyFile.Load(keyFile).Keys;
        File.WriteAllText(keyFile, File.ReadAllText(keyFile).Replace(keys[0].Secret.Replace("+", "\\u002B"), Convert.ToBase64String(new byte[32])));
        Assert.That(KeyFile.Load(keyFile).Keys[0].Secret, Is.Not.EqualTo(keys[0].Secret));

        AssertRefused(OpenAsync, Key);
    }

    [Test]
    public async Task Open_SecretsFromBeforeEncryption_AreReadAndEncryptedOnRequest()
    {
        await PutAsync(inner, Key, "{\"kind\":\"Secret\"}");
        var store = await OpenAsync();

        Assert.That(await TextAsync(store, Key), Is.EqualTo("{\"kind\":\"Secret\"}"));
        Assert.That((await store.CountAsync(default)).ObjectsByKey, Is.EquivalentTo(new Dictionary<string, long> { [""] = 1 }));
        Assert.That((await store.RewriteAsync(default)).Rewritten, Is.EqualTo(1));
        Assert.That(Text((await inner.GetAsync(Key, 0, default)).KeyValue), Does.StartWith("orc:aesgcm:v1:"));
    }

    [Test]
    public async Task Commit_ConditionFails_ReturnsThePresentValuePlain()
    {
        var store = await OpenAsync();
        await PutAsync(store, Key, "one");

        var result = await store.CommitAsync(StoreTransaction.Create(Key, "two"u8.ToArray()), default);

        Assert.That((result.Committed, Text(result.Current[0])), Is.EqualTo((false, "one")));
    }

    [Test]
    public void KeyFile_IsItsOwnersAlone()
    {
        Assert.That(File.GetUnixFileMode(keyFile), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.That(Assert.ThrowsAsync<InvalidDataException>(OpenAsync)!.Message, Does.Contain("chmod 600"));
    }

    private Task<EncryptingStore> OpenAsync() => EncryptingStore.OpenAsync(inner, keyFile, default);

    private static Task<long> PutAsync(IKeyValueStore store, string key, string value) => PutBytesAsync(store, key, Encoding.UTF8.GetBytes(value));

    private static async Task<long> PutBytesAsync(IKeyValueStore store, string key, byte[] value) =>
        (await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(key, value)]), default)).Revision;

    private static async Task<string> TextAsync(IKeyValueStore store, string key) => Text((await store.GetAsync(key, 0, default)).KeyValue);

    private static string Text(KeyValue? item) => item is null ? "(absent)" : Encoding.UTF8.GetString(item.Value.Span);

    private static StoreException AssertRefused(Func<Task> action, string name)
    {
        var error = Assert.ThrowsAsync<StoreException>(() => action())!;
        Assert.That(error.Error, Is.EqualTo(StoreError.Corrupt));
        Assert.That(error.Message, Does.Contain(name));
        return error;
    }

    private static byte[] ReadShared(string path)
    {
        if (!File.Exists(path))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
