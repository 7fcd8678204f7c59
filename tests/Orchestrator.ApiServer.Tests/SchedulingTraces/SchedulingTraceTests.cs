namespace Orchestrator.ApiServer.Tests.SchedulingTraces;

internal sealed class SchedulingTraceTests
{
    private const string All = "/apis/lab.orc.dev/v1alpha1/schedulingtraces";
    private const string Default = "/apis/lab.orc.dev/v1alpha1/namespaces/default/schedulingtraces";

    private ClusterServer server = null!;

    [SetUp]
    public async Task Start() => server = await ClusterServer.StartAsync();

    [TearDown]
    public async Task Stop() => await server.DisposeAsync();

    [Test]
    public async Task Trace_OfAPod_IsReadByItsName()
    {
        Assert.That((await server.PostAsync(All, List(Trace("default", "web", "u1", "node1")))).Code, Is.EqualTo(201));

        var trace = (await server.GetAsync($"{Default}/web")).Json;
        Assert.That(trace["kind"]!.GetValue<string>(), Is.EqualTo("SchedulingTrace"));
        Assert.That(trace["selectedNode"]!.GetValue<string>(), Is.EqualTo("node1"));
        Assert.That((await server.GetAsync($"{Default}/we")).Code, Is.EqualTo(404), "not by the beginning of a name");
        Assert.That((await server.GetAsync($"{Default}/none")).Message, Is.EqualTo("schedulingtraces.lab.orc.dev \"none\" not found"));
    }

    [Test]
    public async Task Trace_OfALaterAttempt_ReplacesTheEarlierOne()
    {
        await server.PostAsync(All, List(Trace("default", "web", "u1", "node1")));
        await server.PostAsync(All, List(Trace("default", "web", "u2", "node2")));
        await server.PostAsync(All, List(Trace("default", "web", "u1", "node3")));

        Assert.That((await server.GetAsync($"{Default}/web")).Json["selectedNode"]!.GetValue<string>(), Is.EqualTo("node3"), "the last one told, whichever pod of that name");
    }

    [Test]
    public async Task List_InPages_GivesEachOnce()
    {
        var names = Enumerable.Range(0, 300).Select(number => $"web-{number:000}").ToArray();
        Assert.That((await server.PostAsync(All, List([.. names.Select(name => Trace("default", name, "u", "n"))]))).Code, Is.EqualTo(201));
        await server.PostAsync(All, List(Trace("other", "x", "u", "n")));

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = (await server.GetAsync($"{Default}?limit=100&continue={Uri.EscapeDataString(token)}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>()));
            token = page["metadata"]!["continue"]?.GetValue<string>() ?? "";
        }
        while (token.Length > 0);

        Assert.That(seen, Is.EqualTo(names));
        Assert.That((await server.GetAsync(All)).Json["items"]!.AsArray(), Has.Count.EqualTo(301));
    }

    [TestCase("""{"items":[{"metadata":{"name":"a/b","namespace":"x"},"podUid":"u"}]}""")]
    [TestCase("""{"items":[{"metadata":{"name":"a","namespace":"x"}}]}""")]
    [TestCase("""{"items":[{"podUid":"u"}]}""")]
    [TestCase("""{"items":[null]}""")]
    [TestCase("""{"items":null}""")]
    [TestCase("""[]""")]
    [TestCase("""{"items":[""")]
    public async Task Post_OfWhatIsNoTrace_IsRefused(string body) => Assert.That((await server.PostAsync(All, body)).Code, Is.EqualTo(400));

    [Test]
    public async Task Traces_AreForThoseWhoMayReadThem_AndWrittenBySchedulersOnly()
    {
        Assert.That((await server.GetAsync($"{Default}/web", user: "bob")).Code, Is.EqualTo(403));
        Assert.That((await server.PostAsync(All, List(Trace("default", "web", "u1", "node1")), user: "bob")).Code, Is.EqualTo(403));
        Assert.That((await server.PostAsync(Default, List(Trace("default", "web", "u1", "node1")))).Code, Is.EqualTo(405));
    }

    private static string List(params string[] traces) => $$"""{"apiVersion":"lab.orc.dev/v1alpha1","kind":"SchedulingTraceList","items":[{{string.Join(',', traces)}}]}""";

    private static string Trace(string @namespace, string name, string uid, string node) =>
        $$"""{"metadata":{"name":"{{name}}","namespace":"{{@namespace}}"},"podUid":"{{uid}}","selectedNode":"{{node}}","time":"2026-01-01T00:00:00.000000Z"}""";
}
