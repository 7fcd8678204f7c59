using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Resources.Core.Services;

public sealed class ServiceTests
{
    private const string Services = "/api/v1/namespaces/default/services";
    private const string Port = "\"ports\":[{\"port\":80}]";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => server = await ClusterServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Create_PlainService_GetsAnAddressAndDefaults()
    {
        var spec = (await server.PostAsync(Services, Bodies.Service("plain", $"{{{Port}}}"))).Json["spec"]!;

        Assert.Multiple(() =>
        {
            Assert.That(spec["clusterIP"]!.GetValue<string>(), Does.StartWith("10.96."));
            Assert.That(spec["clusterIPs"]![0]!.GetValue<string>(), Is.EqualTo(spec["clusterIP"]!.GetValue<string>()));
            Assert.That(spec["ports"]![0]!["targetPort"]!.GetValue<int>(), Is.EqualTo(80));
            Assert.That(spec["ipFamilyPolicy"]!.GetValue<string>(), Is.EqualTo("SingleStack"));
            Assert.That(spec["internalTrafficPolicy"]!.GetValue<string>(), Is.EqualTo("Cluster"));
        });
    }

    [Test]
    public async Task Create_TakenAddressOrPort_IsRefusedAndFreedByDeletion()
    {
        var first = (await server.PostAsync(Services, Bodies.Service("first", $$"""{"type":"NodePort","clusterIP":"10.96.0.77","ports":[{"port":80,"nodePort":30077}]}""")));
        Assert.That(first.Code, Is.EqualTo(201), first.Text);

        var address = await server.PostAsync(Services, Bodies.Service("second", $$"""{"clusterIP":"10.96.0.77",{{Port}}}"""));
        var port = await server.PostAsync(Services, Bodies.Service("second", """{"type":"NodePort","ports":[{"port":80,"nodePort":30077}]}"""));
        Assert.That(address.Message, Does.Contain("failed to allocate IP 10.96.0.77: provided IP is already allocated"));
        Assert.That(port.Message, Does.Contain("spec.ports[0].nodePort: Invalid value: 30077: provided port is already allocated"));

        await server.DeleteAsync($"{Services}/first");
        var again = await server.PostAsync(Services, Bodies.Service("second", """{"type":"NodePort","clusterIP":"10.96.0.77","ports":[{"port":80,"nodePort":30077}]}"""));
        Assert.That(again.Code, Is.EqualTo(201), again.Text);
    }

    [Test]
    public async Task Create_RefusedOrDryRun_KeepsNothing()
    {
        const string spec = """{"type":"NodePort","clusterIP":"10.96.0.88","ports":[{"port":80,"nodePort":30088}]}""";
        await server.PostAsync(Services + "?dryRun=All", Bodies.Service("trial", spec));
        await server.PostAsync(Services, Bodies.Service("trial", spec.Replace("\"port\":80", "\"port\":0", StringComparison.Ordinal)));

        Assert.That((await server.PostAsync(Services, Bodies.Service("trial", spec))).Code, Is.EqualTo(201));
    }

    [TestCase("""{"clusterIP":"192.168.1.1","ports":[{"port":80}]}""", "is not in the valid range. The range of valid IPs is 10.96.0.0/16")]
    [TestCase("""{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}""", "provided port is not in the valid range. The range of valid ports is 30000-32767")]
    [TestCase("""{"ports":[]}""", "spec.ports: Required value")]
    [TestCase("""{"ports":[{"port":80},{"port":81}]}""", "spec.ports[0].name: Required value")]
    [TestCase("""{"ports":[{"port":80,"nodePort":30001}]}""", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [TestCase("""{"type":"NodePort","clusterIP":"None","ports":[{"port":80}]}""", "may not be set to 'None' for NodePort services")]
    [TestCase("""{"type":"Sometimes","ports":[{"port":80}]}""", "Unsupported value: \"Sometimes\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"")]
    [TestCase("""{"type":"ExternalName"}""", "spec.externalName: Required value")]
    [TestCase("""{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":99999}},"ports":[{"port":80}]}""", "must be greater than 0 and less than 86400")]
    public async Task Create_FaultyService_IsRefused(string spec, string words)
    {
        var answer = await server.PostAsync(Services, Bodies.Service("bad", spec));

        Assert.That(answer.Code, Is.EqualTo(422), answer.Text);
        Assert.That(answer.Message, Does.Contain(words));
    }

    [Test]
    public async Task Update_WithoutAddress_KeepsIt()
    {
        var created = (await server.PostAsync(Services, Bodies.Service("keep", """{"type":"NodePort","ports":[{"port":80}]}"""))).Json;
        var bare = JsonNode.Parse(Bodies.Service("keep", """{"type":"NodePort","ports":[{"port":80}],"selector":{"a":"b"}}"""))!;
        var updated = (await server.PutAsync($"{Services}/keep", bare)).Json;

        Assert.That(updated["spec"]!["clusterIP"]!.GetValue<string>(), Is.EqualTo(created["spec"]!["clusterIP"]!.GetValue<string>()));
        Assert.That(updated["spec"]!["ports"]![0]!["nodePort"]!.GetValue<int>(), Is.EqualTo(created["spec"]!["ports"]![0]!["nodePort"]!.GetValue<int>()));
    }

    [Test]
    public async Task Update_OtherAddress_IsRefused()
    {
        await server.PostAsync(Services, Bodies.Service("fixed", $"{{{Port}}}"));
        var answer = await server.PatchAsync($"{Services}/fixed", """{"spec":{"clusterIP":"10.96.9.9"}}""");

        Assert.That(answer.Message, Does.Contain("spec.clusterIPs[0]: Invalid value: [\"10.96.9.9\"]: may not change once set"));
    }

    [Test]
    public async Task Update_TypeChanges_TakeAndDropWhatTheyNeed()
    {
        await server.PostAsync(Services, Bodies.Service("change", $"{{{Port}}}"));

        var nodePort = (await server.PatchAsync($"{Services}/change", """{"spec":{"type":"NodePort"}}""")).Json["spec"]!;
        var clusterIP = (await server.PatchAsync($"{Services}/change", """{"spec":{"type":"ClusterIP"}}""")).Json["spec"]!;
        var external = await server.PatchAsync($"{Services}/change", """{"spec":{"type":"ExternalName","externalName":"example.com"}}""");

        Assert.Multiple(() =>
        {
            Assert.That(nodePort["ports"]![0]!["nodePort"]!.GetValue<int>(), Is.InRange(30000, 32767));
            Assert.That(clusterIP["ports"]![0]!["nodePort"], Is.Null);
            Assert.That(clusterIP["externalTrafficPolicy"], Is.Null);
            Assert.That(external.Code, Is.EqualTo(200), external.Text);
            Assert.That(external.Json["spec"]!["clusterIP"], Is.Null);
        });
    }

    [Test]
    public async Task Create_TwoProtocolsOnOnePort_ShareTheNodePort()
    {
        var ports = (await server.PostAsync(Services, Bodies.Service("dns",
            """{"type":"NodePort","ports":[{"name":"udp","port":53,"protocol":"UDP"},{"name":"tcp","port":53}]}"""))).Json["spec"]!["ports"]!;

        Assert.That(ports[1]!["nodePort"]!.GetValue<int>(), Is.EqualTo(ports[0]!["nodePort"]!.GetValue<int>()));
    }

    [Test]
    public async Task Create_HeadlessWithoutSelector_HasBothFamiliesAndNoAddress()
    {
        var spec = (await server.PostAsync(Services, Bodies.Service("open", $$"""{"clusterIP":"None",{{Port}}}"""))).Json["spec"]!;

        Assert.That(spec["clusterIPs"]!.ToJsonString(), Is.EqualTo("""["None"]"""));
        Assert.That(spec["ipFamilyPolicy"]!.GetValue<string>(), Is.EqualTo("RequireDualStack"));
    }

    [Test]
    public async Task Create_ManyAtOnceInASmallRange_AllDifferUntilItIsFull()
    {
        await using var small = await ClusterServer.StartAsync(options => options with { ServiceCidr = System.Net.IPNetwork.Parse("10.97.0.0/28") });
        var answers = await Task.WhenAll(Enumerable.Range(0, 13).Select(i => small.PostAsync(Services, Bodies.Service($"s{i}", $"{{{Port}}}"))));
        var addresses = answers.Select(answer => answer.Json["spec"]?["clusterIP"]?.GetValue<string>()).ToList();

        Assert.That(addresses, Is.Unique.And.All.Not.Null, "fourteen addresses, one of them is the service kubernetes'");
        Assert.That((await small.PostAsync(Services, Bodies.Service("last", $"{{{Port}}}"))).Message, Does.Contain("range is full"));
    }

    [Test]
    public async Task Table_NodePortService_ShowsPorts()
    {
        await server.PostAsync(Services, Bodies.Service("table", """{"type":"NodePort","ports":[{"port":80,"nodePort":30555}],"selector":{"b":"2","a":"1"}}"""));
        var cells = (await server.GetAsync($"{Services}/table", table: true)).Cells;

        Assert.That((cells["Port(s)"], cells["External-IP"], cells["Selector"]), Is.EqualTo(("80:30555/TCP", "<none>", "a=1,b=2")));
    }
}
