using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Causes;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Tests.Causes;

public sealed class CauseTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp() => server = await TestApiServer.StartAsync();

    [TearDown]
    public async Task TearDown() => await server.DisposeAsync();

    [Test]
    public async Task Causes_ChainOfControllers_LeadsToTheRoot()
    {
        var root = await server.CreateConfigMapAsync("deploy");
        var middle = await CreateBecauseOfAsync("rs", "deployment", root);
        var leaf = await CreateBecauseOfAsync("pod", "replicaset", middle);

        var (_, chain) = await server.GetAsync("/apis/lab.orc.dev/v1alpha1/namespaces/default/causes?resource=configmaps&name=pod");

        var links = chain["links"]!.AsArray();
        Assert.That(links.Select(one => one!["revision"]!.GetValue<long>()), Is.EqualTo(new[] { leaf, middle, root }));
        Assert.That(links.Select(one => one!["object"]!.GetValue<string>()), Is.EqualTo(new[] { "v1/configmaps/default/pod", "v1/configmaps/default/rs", "v1/configmaps/default/deploy" }));
        Assert.That(links[0]!["by"]!["cause"]!["controller"]!.GetValue<string>(), Is.EqualTo("replicaset"));
        Assert.That(links[2]!["by"]!["user"]!.GetValue<string>(), Is.EqualTo("tester"));
        Assert.That(links[2]!["by"]!["manager"]!.GetValue<string>(), Is.EqualTo("tester"));
    }

    [Test]
    public async Task Causes_OfADeletedObject_AreKept()
    {
        await server.CreateConfigMapAsync("a");
        await server.PatchAsync($"{Maps}/a", """{"data":{"k":"2"},"metadata":{"labels":{"x":"y"}}}""");
        await server.DeleteAsync($"{Maps}/a");

        var (_, chain) = await server.GetAsync("/apis/lab.orc.dev/v1alpha1/namespaces/default/causes?resource=configmaps&name=a");

        var writes = chain["writes"]!.AsArray();
        Assert.That(writes.Select(one => one!["change"]!.GetValue<string>()), Is.EqualTo(new[] { "deleted", "modified", "created" }));
        Assert.That(writes[1]!["by"]!["fields"]!.ToJsonString(), Is.EqualTo("""["metadata.labels","data"]"""));
        Assert.That(chain["links"]![0]!["by"]!["verb"]!.GetValue<string>(), Is.EqualTo("delete"));
    }

    [Test]
    public async Task Delete_LeaseOfItsCauseIsLost_IsDoneAndTheCauseIsKept()
    {
        await server.CreateConfigMapAsync("a");
        await server.CreateConfigMapAsync("b");
        await server.DeleteAsync($"{Maps}/a");
        var note = (await server.Store.RangeAsync(new RangeRequest { Prefix = CauseLog.Prefix }, default)).Items.Single();
        await server.Store.RevokeLeaseAsync(note.LeaseId, default);

        var (code, _) = await server.DeleteAsync($"{Maps}/b");

        Assert.That(code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await server.Store.RangeAsync(new RangeRequest { Prefix = CauseLog.Prefix }, default)).Items.Single().Key, Does.Contain("/b/"));
    }

    [Test]
    public async Task Causes_OfAnObjectWrittenOften_ReachItsCreation()
    {
        const string causes = "/apis/lab.orc.dev/v1alpha1/namespaces/default/causes?resource=configmaps&name=a";
        var created = await server.CreateConfigMapAsync("a");
        var second = 0L;
        for (var i = 0; i < 40; i++)
        {
            var (_, patched) = await server.PatchAsync($"{Maps}/a", $$$"""{"data":{"k":"{{{i}}}"}}""");
            second = second == 0 ? long.Parse(patched["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture) : second;
        }

        var (_, chain) = await server.GetAsync(causes);
        var (_, older) = await server.GetAsync($"{causes}&revision={second}");
        var (code, _) = await server.GetAsync($"{causes}&revision=999999");

        Assert.Multiple(() =>
        {
            Assert.That(chain["links"]![0]!["revision"]!.GetValue<long>(), Is.EqualTo(created));
            Assert.That(chain["writes"]!.AsArray(), Has.Count.EqualTo(33), "the latest 32 and the creation");
            Assert.That(chain["truncated"]!.GetValue<bool>(), Is.False);
            Assert.That(older["links"]![0]!["by"]!["fields"]!.ToJsonString(), Is.EqualTo("""["data"]"""), "not among the latest, but kept");
            Assert.That(code, Is.EqualTo(HttpStatusCode.BadRequest));
        });
    }

    [Test]
    public async Task Causes_OfWhatNeverWas_AreNotFound()
    {
        var (code, _) = await server.GetAsync("/apis/lab.orc.dev/v1alpha1/namespaces/default/causes?resource=configmaps&name=never");

        Assert.That(code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Causes_HeaderThatIsNoJson_IsIgnored()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps) { Content = new StringContent("""{"metadata":{"name":"a"}}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Orchestrator-Cause", "{nonsense");

        using var response = await server.Http.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    private async Task<long> CreateBecauseOfAsync(string name, string controller, long trigger)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps)
        {
            Content = new StringContent($$$"""{"metadata":{"name":"{{{name}}}"}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Orchestrator-Cause", $$"""{"controller":"{{controller}}","reconcileId":"1","object":"x","triggers":[{{trigger}}]}""");
        using var response = await server.Http.SendAsync(request);
        return TestApiServer.Version(JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
