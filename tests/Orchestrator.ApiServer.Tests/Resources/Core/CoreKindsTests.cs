using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Resources.Core;

/// <summary>The smaller kinds of the core group.</summary>
public sealed class CoreKindsTests
{
    private const string Namespace = "/api/v1/namespaces/default";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => server = await ClusterServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Namespace_Deleted_IsTerminatingUntilFinalized()
    {
        var created = await server.PostAsync("/api/v1/namespaces", Bodies.Namespace("going"));
        Assert.That(created.Json["metadata"]!["labels"]!["kubernetes.io/metadata.name"]!.GetValue<string>(), Is.EqualTo("going"));

        await server.DeleteAsync("/api/v1/namespaces/going");
        var terminating = (await server.GetAsync("/api/v1/namespaces/going")).Json;
        Assert.That(terminating["status"]!["phase"]!.GetValue<string>(), Is.EqualTo("Terminating"));
        await ClusterServer.EventuallyAsync(() => Task.FromResult(
            server.Host.Reader.Get<Api.Core.V1.Namespace>("", "going")?.Status?.Phase == "Terminating"));
        var refused = await server.PostAsync("/api/v1/namespaces/going/configmaps", """{"metadata":{"name":"late"}}""");
        Assert.That(refused.Message, Does.Contain("unable to create new content in namespace going because it is being terminated"));
        Assert.That(refused.Json["details"]!["causes"]![0]!["reason"]!.GetValue<string>(), Is.EqualTo("NamespaceTerminating"));

        ((JsonObject)terminating["spec"]!)["finalizers"] = new JsonArray();
        await server.PutAsync("/api/v1/namespaces/going/finalize", terminating);
        Assert.That((await server.GetAsync("/api/v1/namespaces/going")).Code, Is.EqualTo(404));
    }

    [TestCase("default")]
    [TestCase("kube-system")]
    [TestCase("kube-public")]
    public async Task Namespace_OfTheSystem_StaysForEver(string name)
    {
        var answer = await server.DeleteAsync($"/api/v1/namespaces/{name}");

        Assert.That((answer.Code, answer.Message), Is.EqualTo((403, $"namespaces \"{name}\" is forbidden: this namespace may not be deleted")));
    }

    [Test]
    public async Task Create_InAMissingNamespace_IsNotFound()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/nowhere/configmaps", """{"metadata":{"name":"x"}}""");

        Assert.That((answer.Code, answer.Message), Is.EqualTo((404, "namespaces \"nowhere\" not found")));
    }

    [Test]
    public async Task Secret_StringData_BecomesData()
    {
        var secret = (await server.PostAsync($"{Namespace}/secrets", """{"metadata":{"name":"texts"},"data":{"b":"Yg=="},"stringData":{"a":"text"}}""")).Json;

        Assert.That(secret["stringData"], Is.Null);
        Assert.That(secret["data"]!["a"]!.GetValue<string>(), Is.EqualTo("dGV4dA=="));
        Assert.That((await server.GetAsync($"{Namespace}/secrets/texts", table: true)).Cells["Data"], Is.EqualTo("2"));
    }

    [TestCase("kubernetes.io/tls", "{}", "data[tls.crt]")]
    [TestCase("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":"bm90IGpzb24="}""", "data[.dockerconfigjson]")]
    [TestCase("kubernetes.io/basic-auth", "{}", "data[username]")]
    [TestCase("Opaque", """{"not/a/key":""}""", "data[not/a/key]")]
    public async Task Secret_NotAsItsTypeWants_IsRefused(string type, string data, string field)
    {
        var answer = await server.PostAsync($"{Namespace}/secrets", $$$"""{"metadata":{"name":"bad"},"type":"{{{type}}}","data":{{{data}}}}""");

        Assert.That(answer.Fields, Does.Contain(field), answer.Text);
        Assert.That(answer.Message, Does.Not.Contain("not json"), "secrets are not shown");
    }

    [TestCase("configmaps", """{"a":"1"}""", """{"a":"2"}""")]
    [TestCase("secrets", """{"a":"MQ=="}""", """{"a":"Mg=="}""")]
    public async Task Immutable_Object_CannotChangeNorBecomeMutable(string resource, string data, string other)
    {
        await server.PostAsync($"{Namespace}/{resource}", $$$"""{"metadata":{"name":"stone"},"immutable":true,"data":{{{data}}}}""");

        var changed = await server.PatchAsync($"{Namespace}/{resource}/stone", $$$"""{"data":{{{other}}}}""");
        var opened = await server.PatchAsync($"{Namespace}/{resource}/stone", """{"immutable":false}""");
        var labelled = await server.PatchAsync($"{Namespace}/{resource}/stone", """{"metadata":{"labels":{"a":"b"}}}""");

        Assert.That(changed.Message, Does.Contain("data: Forbidden: field is immutable when `immutable` is set"));
        Assert.That(opened.Message, Does.Contain("immutable: Forbidden: field is immutable when `immutable` is set"));
        Assert.That(labelled.Code, Is.EqualTo(200));
    }

    [Test]
    public async Task Event_WrittenAsCore_IsReadInTheOtherGroup()
    {
        await server.PostAsync($"{Namespace}/events", """
            {"metadata":{"name":"e1"},"involvedObject":{"kind":"Pod","namespace":"default","name":"web"},"reason":"Started","message":"Started container",
            "type":"Normal","source":{"component":"kubelet","host":"node1"},"count":3,"firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:01:00Z"}
            """);
        var other = (await server.GetAsync("/apis/events.k8s.io/v1/namespaces/default/events/e1")).Json;

        Assert.Multiple(() =>
        {
            Assert.That(other["apiVersion"]!.GetValue<string>(), Is.EqualTo("events.k8s.io/v1"));
            Assert.That(other["note"]!.GetValue<string>(), Is.EqualTo("Started container"));
            Assert.That(other["regarding"]!["name"]!.GetValue<string>(), Is.EqualTo("web"));
            Assert.That(other["deprecatedCount"]!.GetValue<int>(), Is.EqualTo(3));
        });
        var cells = (await server.GetAsync($"{Namespace}/events/e1", table: true)).Cells;
        Assert.That((cells["Reason"], cells["Object"], cells["Message"]), Is.EqualTo(("Started", "pod/web", "Started container")));
        var selected = await server.GetAsync($"{Namespace}/events?fieldSelector=involvedObject.name%3Dweb");
        Assert.That((JsonArray)selected.Json["items"]!, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Event_WrittenInTheNewGroup_IsReadAsCore()
    {
        var created = await server.PostAsync("/apis/events.k8s.io/v1/namespaces/default/events", """
            {"metadata":{"name":"e2"},"eventTime":"2026-01-01T00:00:00.000001Z","reportingController":"orc.dev/x","reportingInstance":"x-1","action":"Do",
            "reason":"Done","regarding":{"kind":"Pod","namespace":"default","name":"web2"},"note":"text","type":"Normal"}
            """);
        Assert.That(created.Code, Is.EqualTo(201), created.Text);
        var core = (await server.GetAsync($"{Namespace}/events/e2")).Json;

        Assert.That(core["message"]!.GetValue<string>(), Is.EqualTo("text"));
        Assert.That(core["reportingComponent"]!.GetValue<string>(), Is.EqualTo("orc.dev/x"));
    }

    [Test]
    public async Task Event_AboutAnotherNamespace_IsRefused()
    {
        var answer = await server.PostAsync($"{Namespace}/events", """{"metadata":{"name":"e3"},"involvedObject":{"kind":"Pod","namespace":"other","name":"x"}}""");

        Assert.That(answer.Message, Does.Contain("involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"));
    }

    [Test]
    public async Task Node_Table_ShowsStatusRolesAndAddress()
    {
        await server.PostAsync("/api/v1/nodes", """
            {"metadata":{"name":"n1","labels":{"node-role.kubernetes.io/worker":""}},"spec":{"unschedulable":true},
            "status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],"nodeInfo":{"kubeletVersion":"v1.36.2"}}}
            """);
        var cells = (await server.GetAsync("/api/v1/nodes/n1", table: true)).Cells;

        Assert.That((cells["Status"], cells["Roles"], cells["Version"], cells["Internal-IP"]), Is.EqualTo(("Ready,SchedulingDisabled", "worker", "v1.36.2", "10.0.0.1")));
    }

    [Test]
    public async Task Claim_SpecOfAnUnboundClaim_CannotChange()
    {
        await server.PostAsync($"{Namespace}/persistentvolumeclaims",
            """{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        var answer = await server.PatchAsync($"{Namespace}/persistentvolumeclaims/c", """{"spec":{"accessModes":["ReadOnlyMany"]}}""");

        Assert.That(answer.Message, Does.Contain("spec: Forbidden: spec is immutable after creation"));
    }

    [Test]
    public async Task Volume_Table_ShowsModesInShort()
    {
        await server.PostAsync("/api/v1/persistentvolumes",
            """{"metadata":{"name":"v"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadOnlyMany","ReadWriteOnce"],"hostPath":{"path":"/x"}}}""");
        var cells = (await server.GetAsync("/api/v1/persistentvolumes/v", table: true)).Cells;

        Assert.That((cells["Capacity"], cells["Access Modes"], cells["Reclaim Policy"], cells["Status"]), Is.EqualTo(("1Gi", "RWO,ROX", "Retain", "Pending")));
    }

    [Test]
    public async Task Bootstrap_ServiceKubernetes_HasTheFirstAddress()
    {
        var service = (await server.GetAsync($"{Namespace}/services/kubernetes")).Json;

        Assert.That(service["spec"]!["clusterIP"]!.GetValue<string>(), Is.EqualTo("10.96.0.1"));
        Assert.That((await server.GetAsync("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication")).Code, Is.EqualTo(200));
    }
}
