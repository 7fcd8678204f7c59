using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Tests.Http;

public sealed class WatchTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp() => server = await TestApiServer.StartAsync(new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(100), WatchHistoryEvents = 256 });

    [TearDown]
    public async Task TearDown() => await server.DisposeAsync();

    [Test]
    public async Task Watch_FromNow_ShowsWhatIsThereThenEachChangeOnce()
    {
        await server.CreateConfigMapAsync("a");
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1");
        var first = await watch.NextAsync();
        await server.CreateConfigMapAsync("b");
        await server.PatchAsync($"{Maps}/a", """{"data":{"k":"2"}}""");
        await server.DeleteAsync($"{Maps}/b");

        Assert.That(
            new[] { first, await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync() },
            Is.EqualTo(new[] { "ADDED a", "ADDED b", "MODIFIED a", "DELETED b" }));
    }

    [Test]
    public async Task Watch_FromARevision_ResumesBehindIt()
    {
        await server.CreateConfigMapAsync("a");
        var version = await server.CreateConfigMapAsync("b");
        await server.CreateConfigMapAsync("c");

        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED c"));
    }

    [Test]
    public async Task Watch_FromARevisionOlderThanTheLog_MissesNothing()
    {
        var version = await server.CreateConfigMapAsync("first");
        for (var i = 0; i < 400; i++)
            await server.CreateConfigMapAsync($"m{i:000}");

        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");
        for (var i = 0; i < 400; i++)
            Assert.That(await watch.NextAsync(), Is.EqualTo($"ADDED m{i:000}"));
        await server.CreateConfigMapAsync("last");

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED last"));
    }

    [Test]
    public async Task Watch_FromACompactedRevision_SaysGone()
    {
        var version = await server.CreateConfigMapAsync("first");
        for (var i = 0; i < 300; i++)
            await server.CreateConfigMapAsync($"m{i:000}");
        await server.Store.CompactAsync(version + 5, CancellationToken.None);

        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");
        var error = await watch.ReadAsync();

        Assert.That(error!["type"]!.GetValue<string>(), Is.EqualTo("ERROR"));
        Assert.That(error["object"]!["code"]!.GetValue<int>(), Is.EqualTo(410));
        Assert.That(await watch.ReadAsync(), Is.Null);
    }

    [Test]
    public async Task Watch_WithSelector_TurnsMatchesIntoComingAndGoing()
    {
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&labelSelector=on%3Dyes");
        await server.CreateConfigMapAsync("a");
        await server.PatchAsync($"{Maps}/a", """{"metadata":{"labels":{"on":"yes"}}}""");
        await server.PatchAsync($"{Maps}/a", """{"data":{"k":"2"}}""");
        var (_, left) = await server.PatchAsync($"{Maps}/a", """{"metadata":{"labels":{"on":"no"}}}""");
        await server.CreateConfigMapAsync("b", labels: """{"on":"yes"}""");

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED a"));
        Assert.That(await watch.NextAsync(), Is.EqualTo("MODIFIED a"));
        var gone = await watch.ReadAsync();
        Assert.That(gone!["type"]!.GetValue<string>(), Is.EqualTo("DELETED"));
        Assert.That(gone["object"]!["metadata"]!["labels"]!["on"]!.GetValue<string>(), Is.EqualTo("yes"));
        Assert.That(TestApiServer.Version(gone["object"]!), Is.EqualTo(TestApiServer.Version(left)));
        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED b"));
    }

    [Test]
    public async Task Watch_DeletedObject_CarriesTheRevisionOfItsDeletion()
    {
        var version = await server.CreateConfigMapAsync("a");
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");
        await server.DeleteAsync($"{Maps}/a");

        var deleted = await watch.ReadAsync();

        Assert.That(TestApiServer.Version(deleted!["object"]!), Is.GreaterThan(version));
        Assert.That(deleted["object"]!["data"]!["k"]!.GetValue<string>(), Is.EqualTo("v"));
    }

    [Test]
    public async Task Watch_InitialEvents_EndWithAMarkedBookmark()
    {
        await server.CreateConfigMapAsync("a");
        using var watch = await WatchReader.OpenAsync(
            server, $"{Maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED a"));
        var mark = await watch.ReadAsync();
        Assert.That(mark!["type"]!.GetValue<string>(), Is.EqualTo("BOOKMARK"));
        Assert.That(mark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>(), Is.EqualTo("true"));
    }

    [Test]
    public async Task Watch_Idle_GetsBookmarksThatPassOtherKindsChanges()
    {
        var version = await server.CreateConfigMapAsync("a");
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}&allowWatchBookmarks=true");
        await server.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n"}}""");

        long passed = 0;
        for (var i = 0; i < 20 && passed <= version; i++)
            passed = TestApiServer.Version((await watch.ReadAsync())!["object"]!);

        Assert.That(passed, Is.GreaterThan(version));
    }

    [Test]
    public async Task Watch_TimeoutSeconds_EndsTheBody()
    {
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&timeoutSeconds=1");

        Assert.That(await watch.ReadAsync(), Is.Null);
    }

    [Test]
    public async Task Watch_ByName_ShowsThatObjectAlone()
    {
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&fieldSelector=metadata.name%3Db");
        await server.CreateConfigMapAsync("a");
        await server.CreateConfigMapAsync("b");

        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED b"));
    }

    [Test]
    public async Task Stop_WithOpenWatches_EndsThemSoon()
    {
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1");

        var stopping = server.Host.StopAsync();

        Assert.That(await watch.ReadAsync(), Is.Null);
        await stopping.WaitAsync(TimeSpan.FromSeconds(5));
    }
}
