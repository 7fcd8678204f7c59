using System.Text;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;
using Orchestrator.Testing;

namespace Orchestrator.ApiServer.Tests.Caching;

[CancelAfter(60_000)]
public sealed class CacheHubTests
{
    private static readonly ResourceDefinition Maps = ResourceDefinition.For<ConfigMap>();
    private static readonly ResourceDefinition Secrets = ResourceDefinition.For<Secret>();

    private string directory = "";

    [SetUp]
    public void MakeDirectory() => directory = Directory.CreateTempSubdirectory("orchestrator-hub-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task Secret_SealedWithAKeyThatComesLater_IsReadOnceItIsThere()
    {
        var (here, there) = (Path.Combine(directory, "here.json"), Path.Combine(directory, "there.json"));
        KeyFile.Ensure(here, TimeProvider.System);
        File.Copy(here, there);
        KeyFile.Rotate(there, TimeProvider.System);
        await using var memory = new MemoryStore();
        var other = await EncryptingStore.OpenAsync(memory, there, default);
        var clock = new FakeClock();
        await using var following = await FollowingHub.StartAsync([Maps, Secrets], await EncryptingStore.OpenAsync(memory, here, default), clock, default);
        var hub = following.Hub;

        var secret = await PutAsync(other, Secrets, "a");
        var map = await PutAsync(other, Maps, "a");
        await PassedAsync(hub, map);
        var entry = hub.Of(Secrets).Find("default/a")!;
        Assert.That(hub.Fault, Does.Contain(Secrets.Key("default", "a")));
        Assert.That(Assert.Throws<ApiException>(() => _ = entry.Json)!.Reason, Is.EqualTo(StatusReason.StorageReadError));
        Assert.That(hub.Of(Maps).Find("default/a")!.Revision, Is.EqualTo(map));

        File.Copy(there, here, overwrite: true);
        await clock.AdvanceUntilAsync(() => hub.Fault is null, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));

        Assert.That(Encoding.UTF8.GetString(hub.Of(Secrets).Find("default/a")!.Json), Does.Contain($"\"resourceVersion\":\"{secret}\""));
    }

    [Test]
    public async Task Log_OlderThanItsAge_IsGivenUpAndReadFromTheStore()
    {
        await using var memory = new MemoryStore();
        var clock = new FakeClock();
        await using var following = await FollowingHub.StartAsync([Maps, Secrets], memory, clock, default);
        var hub = following.Hub;
        var start = hub.Progress;
        var old = await PutAsync(memory, Maps, "old");
        await PassedAsync(hub, old);
        clock.Advance(TimeSpan.FromMinutes(4));
        var young = await PutAsync(memory, Maps, "young");
        await PassedAsync(hub, young);
        Assert.That(WatchSource.Behind(start, memory, hub, Maps).TryRead(out _), Is.True);

        // Another kind's change is enough for the look.
        clock.Advance(TimeSpan.FromMinutes(2));
        await PassedAsync(hub, await PutAsync(memory, Secrets, "a"));

        var source = WatchSource.Behind(start, memory, hub, Maps);
        Assert.That(source.TryRead(out _), Is.False, "the log no longer begins there");
        var seen = new List<long>();
        await foreach (var changes in source.CatchUpAsync(default))
            seen.AddRange(changes.Select(change => change.Revision));
        if (source.TryRead(out var rest))
            seen.AddRange(rest.Select(change => change.Revision));
        Assert.That(seen, Is.EqualTo(new[] { old, young }));
        Assert.That(WatchSource.Behind(old, memory, hub, Maps).TryRead(out var events), Is.True);
        Assert.That(events.Select(change => change.Revision), Is.EqualTo(new[] { young }));
    }

    private static async Task PassedAsync(CacheHub hub, long revision)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (hub.Progress < revision)
        {
            Assert.That(TimeProvider.System.GetElapsedTime(startedAt), Is.LessThan(TimeSpan.FromSeconds(20)), $"the hub stays at {hub.Progress}, before {revision}");
            await Task.Yield();
        }
    }

    private static async Task<long> PutAsync(IKeyValueStore store, ResourceDefinition kind, string name)
    {
        var body = $$$"""{"kind":"{{{kind.Kind.Kind}}}","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default"} }""";
        return (await store.CommitAsync(StoreTransaction.Create(kind.Key("default", name), Encoding.UTF8.GetBytes(body)), default)).Revision;
    }
}
