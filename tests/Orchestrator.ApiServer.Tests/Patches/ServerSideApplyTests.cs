using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Patches;

public sealed class ServerSideApplyTests
{
    private const string Web = "/apis/apps/v1/namespaces/default/deployments/web";

    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp() => server = await TestApiServer.StartAsync();

    [TearDown]
    public async Task TearDown() => await server.DisposeAsync();

    [Test]
    public async Task Apply_NewObject_CreatesItAndOwnsItsFields()
    {
        var (code, created) = await ApplyAsync("one", "spec: {replicas: 2}");

        Assert.That(code, Is.EqualTo(HttpStatusCode.Created));
        var entry = created["metadata"]!["managedFields"]![0]!;
        Assert.That((entry["manager"]!.GetValue<string>(), entry["operation"]!.GetValue<string>()), Is.EqualTo(("one", "Apply")));
        Assert.That(entry["fieldsV1"]!.ToJsonString(), Is.EqualTo("""{"f:spec":{"f:replicas":{}}}"""));
    }

    [Test]
    public async Task Apply_OverAnotherManagersField_ConflictsUnlessForced()
    {
        await ApplyAsync("one", "spec: {replicas: 2}");

        var (code, status) = await ApplyAsync("two", "spec: {replicas: 3}");
        var (forced, after) = await ApplyAsync("two", "spec: {replicas: 3}", "&force=true");

        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(status["message"]!.GetValue<string>(), Is.EqualTo("Apply failed with 1 conflict: conflict with \"one\": .spec.replicas"));
            Assert.That(status["details"]!["causes"]![0]!["reason"]!.GetValue<string>(), Is.EqualTo("FieldManagerConflict"));
            Assert.That(forced, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(Managers(after), Is.EqualTo(new[] { "two" }));
        });
    }

    [Test]
    public async Task Apply_SameValue_IsSharedWithoutConflict()
    {
        await ApplyAsync("one", "spec: {replicas: 2}");

        var (code, after) = await ApplyAsync("two", "spec: {replicas: 2}");

        Assert.That(code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Managers(after), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task Apply_FieldGivenUp_IsRemovedUnlessShared()
    {
        await ApplyAsync("one", "metadata: {labels: {a: '1', b: '1'}}");
        await ApplyAsync("two", "metadata: {labels: {b: '1'}}");

        var (_, after) = await ApplyAsync("one", "metadata: {annotations: {x: y}}");

        Assert.That(after["metadata"]!["labels"]!.ToJsonString(), Is.EqualTo("""{"b":"1"}"""));
    }

    [Test]
    public async Task Apply_ContainerGivenUp_GoesAndOthersContainersStay()
    {
        await ApplyAsync("one", "spec: {template: {spec: {containers: [{name: a, image: x}, {name: b, image: x}]}}}");
        await ApplyAsync("two", "spec: {template: {spec: {containers: [{name: c, image: x}]}}}");

        var (_, after) = await ApplyAsync("one", "spec: {template: {spec: {containers: [{name: a, image: y}]}}}");

        var containers = after["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(one => one!["name"]!.GetValue<string>()).Order();
        Assert.That(containers, Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public async Task Update_ByAnotherManager_TakesTheFieldsItChanges()
    {
        await ApplyAsync("one", "spec: {replicas: 2, minReadySeconds: 5}");
        var (patched, answer) = await server.PatchAsync($"{Web}?fieldManager=two", """{"spec":{"replicas":9}}""");
        Assert.That(patched, Is.EqualTo(HttpStatusCode.OK), answer.ToJsonString());

        var (code, status) = await ApplyAsync("one", "spec: {replicas: 2, minReadySeconds: 5}");

        Assert.That(code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(status["message"]!.GetValue<string>(), Does.StartWith("Apply failed with 1 conflict: conflict with \"two\" using apps/v1 at "));
    }

    [Test]
    public async Task Status_IsOwnedThroughItsSubresource()
    {
        await ApplyAsync("one", "spec: {replicas: 2}\nstatus: {replicas: 7}");
        await server.PutAsync($"{Web}/status?fieldManager=controller", """{"metadata":{"name":"web"},"status":{"replicas":2}}""");

        var (_, after) = await server.GetAsync(Web);

        var entry = after["metadata"]!["managedFields"]!.AsArray().Single(one => one!["manager"]!.GetValue<string>() == "controller")!;
        Assert.That(entry["subresource"]!.GetValue<string>(), Is.EqualTo("status"));
        Assert.That(entry["fieldsV1"]!.ToJsonString(), Is.EqualTo("""{"f:status":{"f:replicas":{}}}"""));
        Assert.That(after["status"]!["replicas"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public async Task Apply_WithoutManager_IsRefused()
    {
        var (code, status) = await server.PatchAsync(Web, "spec: {}", "apply-patch+yaml");

        Assert.That(code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(status["message"]!.GetValue<string>(), Is.EqualTo("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"));
    }

    private Task<(HttpStatusCode Code, JsonNode Body)> ApplyAsync(string manager, string yaml, string more = "") =>
        server.PatchAsync($"{Web}?fieldManager={manager}{more}", $"apiVersion: apps/v1\nkind: Deployment\n{yaml}\n", "apply-patch+yaml");

    private static List<string> Managers(JsonNode item) => [.. item["metadata"]!["managedFields"]!.AsArray().Select(one => one!["manager"]!.GetValue<string>())];
}
