using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Http;

public sealed class ReadTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp() => server = await TestApiServer.StartAsync();

    [TearDown]
    public async Task TearDown() => await server.DisposeAsync();

    [Test]
    public async Task List_AfterAWrite_AlwaysHoldsIt()
    {
        for (var i = 0; i < 50; i++)
        {
            await server.CreateConfigMapAsync($"m{i}");
            var (_, list) = await server.GetAsync(Maps);
            Assert.That(list["items"]!.AsArray(), Has.Count.EqualTo(i + 1));
        }
    }

    [Test]
    public async Task List_InPages_ShowsOneRevisionWhateverIsWrittenMeanwhile()
    {
        for (var i = 0; i < 25; i++)
            await server.CreateConfigMapAsync($"m{i:00}");
        var names = new List<string>();
        var versions = new HashSet<long>();
        var remaining = new List<int>();
        var token = "";
        do
        {
            var (code, page) = await server.GetAsync($"{Maps}?limit=10&continue={token}");
            Assert.That(code, Is.EqualTo(HttpStatusCode.OK), page.ToJsonString());
            names.AddRange(NamesOf(page));
            versions.Add(TestApiServer.Version(page));
            remaining.Add(page["metadata"]!["remainingItemCount"]?.GetValue<int>() ?? 0);
            token = page["metadata"]!["continue"]?.GetValue<string>() ?? "";
            await server.CreateConfigMapAsync($"m{names.Count:00}x");
            await server.DeleteAsync($"{Maps}/m{names.Count - 1:00}");
        }
        while (token.Length > 0);

        Assert.Multiple(() =>
        {
            Assert.That(names, Is.EqualTo(Enumerable.Range(0, 25).Select(i => $"m{i:00}")));
            Assert.That(versions, Has.Count.EqualTo(1));
            Assert.That(remaining, Is.EqualTo(new[] { 15, 5, 0 }));
        });
    }

    [Test]
    public async Task List_Exact_ShowsThePast()
    {
        await server.CreateConfigMapAsync("a");
        var then = await server.CreateConfigMapAsync("b");
        await server.DeleteAsync($"{Maps}/a");

        var (_, past) = await server.GetAsync($"{Maps}?resourceVersion={then}&resourceVersionMatch=Exact");

        Assert.That(NamesOf(past), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(TestApiServer.Version(past), Is.EqualTo(then));
    }

    [Test]
    public async Task List_ExactCompacted_IsGone()
    {
        var then = await server.CreateConfigMapAsync("a");
        var later = await server.CreateConfigMapAsync("b");
        await server.Store.CompactAsync(later, CancellationToken.None);

        var (code, status) = await server.GetAsync($"{Maps}?resourceVersion={then}&resourceVersionMatch=Exact");

        Assert.That((code, status["reason"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.Gone, "Expired")));
    }

    [TestCase("resourceVersionMatch=Exact", 422)]
    [TestCase("resourceVersion=0&resourceVersionMatch=Exact", 422)]
    [TestCase("resourceVersion=1&resourceVersionMatch=Nearly", 422)]
    [TestCase("resourceVersion=x", 422)]
    [TestCase("continue=x", 400)]
    [TestCase("limit=x", 400)]
    [TestCase("labelSelector=a+in", 400)]
    [TestCase("fieldSelector=spec.foo%3Dbar", 400)]
    public async Task List_BadOptions_AreRefused(string query, int expected)
    {
        var (code, _) = await server.GetAsync($"{Maps}?{query}");

        Assert.That((int)code, Is.EqualTo(expected));
    }

    [Test]
    public async Task List_Selectors_Filter()
    {
        await server.CreateConfigMapAsync("a", labels: """{"app":"x","tier":"1"}""");
        await server.CreateConfigMapAsync("b", labels: """{"app":"y"}""");
        await server.CreateConfigMapAsync("c", labels: """{"app":"x"}""", @namespace: "other");

        Assert.Multiple(async () =>
        {
            Assert.That(NamesOf((await server.GetAsync("/api/v1/configmaps?labelSelector=app%3Dx")).Body), Is.EqualTo(new[] { "a", "c" }));
            Assert.That(NamesOf((await server.GetAsync($"{Maps}?labelSelector=app%20in%20(x,y),!tier")).Body), Is.EqualTo(new[] { "b" }));
            Assert.That(NamesOf((await server.GetAsync("/api/v1/configmaps?fieldSelector=metadata.namespace!%3Ddefault")).Body), Is.EqualTo(new[] { "c" }));
            Assert.That(NamesOf((await server.GetAsync($"{Maps}?fieldSelector=metadata.name%3Db")).Body), Is.EqualTo(new[] { "b" }));
        });
    }

    [Test]
    public async Task List_DeclaredField_IsSelectable()
    {
        await server.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"a"},"spec":{"nodeName":"n1"}}""");
        await server.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"b"},"spec":{}}""");

        Assert.Multiple(async () =>
        {
            Assert.That(NamesOf((await server.GetAsync("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1")).Body), Is.EqualTo(new[] { "a" }));
            Assert.That(NamesOf((await server.GetAsync("/api/v1/pods?fieldSelector=spec.nodeName%3D")).Body), Is.EqualTo(new[] { "b" }));
        });
    }

    [Test]
    public async Task Get_FutureVersion_SaysTooLarge()
    {
        var (code, status) = await server.GetAsync($"{Maps}?resourceVersion=999999&resourceVersionMatch=NotOlderThan");

        Assert.That(code, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That(status["details"]!["causes"]![0]!["reason"]!.GetValue<string>(), Is.EqualTo("ResourceVersionTooLarge"));
    }

    [Test]
    public async Task List_AsTable_HasColumnsRowsAndPartialObjects()
    {
        await server.CreateConfigMapAsync("a");

        var (_, table) = await server.GetAsync(Maps, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        Assert.Multiple(() =>
        {
            Assert.That(table["kind"]!.GetValue<string>(), Is.EqualTo("Table"));
            Assert.That(table["columnDefinitions"]!.AsArray().Select(one => one!["name"]!.GetValue<string>()), Is.EqualTo(new[] { "Name", "Age" }));
            Assert.That(table["rows"]![0]!["cells"]![0]!.GetValue<string>(), Is.EqualTo("a"));
            Assert.That(table["rows"]![0]!["object"]!["kind"]!.GetValue<string>(), Is.EqualTo("PartialObjectMetadata"));
        });
    }

    [Test]
    public async Task List_AsPartialMetadata_LeavesTheRestOut()
    {
        await server.CreateConfigMapAsync("a");

        var (_, list) = await server.GetAsync(Maps, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        Assert.That(list["kind"]!.GetValue<string>(), Is.EqualTo("PartialObjectMetadataList"));
        Assert.That(list["items"]![0]!.AsObject().Select(member => member.Key), Is.EqualTo(new[] { "kind", "apiVersion", "metadata" }));
    }

    [Test]
    public async Task Get_UnacceptableType_IsNotAcceptable()
    {
        await server.CreateConfigMapAsync("a");

        var (code, _) = await server.GetAsync($"{Maps}/a", "application/xml");

        Assert.That(code, Is.EqualTo(HttpStatusCode.NotAcceptable));
    }

    [Test]
    public async Task List_LargeAndGzipAccepted_IsCompressed()
    {
        for (var i = 0; i < 60; i++)
            await server.CreateConfigMapAsync($"m{i}", new string('x', 4000));
        using var handler = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip };
        using var client = new HttpClient(handler) { BaseAddress = server.Http.BaseAddress };
        using var response = await client.GetAsync(Maps);

        var list = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.That(list["items"]!.AsArray(), Has.Count.EqualTo(60));
    }

    private static List<string> NamesOf(JsonNode list) => [.. list["items"]!.AsArray().Select(one => one!["metadata"]!["name"]!.GetValue<string>())];
}
