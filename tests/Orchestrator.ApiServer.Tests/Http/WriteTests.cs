using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Http;

public sealed class WriteTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp() => server = await TestApiServer.StartAsync();

    [TearDown]
    public async Task TearDown() => await server.DisposeAsync();

    [Test]
    public async Task Create_SetsStandardMetadata_AndIsReadBack()
    {
        var (code, created) = await server.PostAsync(Maps, """{"metadata":{"name":"a","uid":"mine","deletionTimestamp":"2026-01-01T00:00:00Z"},"data":{"k":"v"}}""");
        var (_, read) = await server.GetAsync($"{Maps}/a");

        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(created["kind"]!.GetValue<string>(), Is.EqualTo("ConfigMap"));
            Assert.That(created["metadata"]!["namespace"]!.GetValue<string>(), Is.EqualTo("default"));
            Assert.That(Guid.TryParse(created["metadata"]!["uid"]!.GetValue<string>(), out _), Is.True);
            Assert.That(created["metadata"]!["creationTimestamp"], Is.Not.Null);
            Assert.That(created["metadata"]!["deletionTimestamp"], Is.Null);
            Assert.That(JsonNode.DeepEquals(created, read), Is.True);
        });
    }

    [Test]
    public async Task Create_TakenName_IsAlreadyExists()
    {
        await server.CreateConfigMapAsync("a");

        var (code, status) = await server.PostAsync(Maps, """{"metadata":{"name":"a"}}""");

        AssertStatus(code, status, HttpStatusCode.Conflict, "AlreadyExists", "configmaps \"a\" already exists");
        Assert.That(status["details"]!.ToJsonString(), Is.EqualTo("""{"name":"a","kind":"configmaps"}"""));
    }

    [Test]
    public async Task Create_GenerateName_MakesNames()
    {
        var (_, first) = await server.PostAsync(Maps, """{"metadata":{"generateName":"g-"}}""");
        var (_, second) = await server.PostAsync(Maps, """{"metadata":{"generateName":"g-"}}""");

        Assert.That(first["metadata"]!["name"]!.GetValue<string>(), Does.Match("^g-[bcdfghjklmnpqrstvwxz2456789]{5}$"));
        Assert.That(second["metadata"]!["name"]!.GetValue<string>(), Is.Not.EqualTo(first["metadata"]!["name"]!.GetValue<string>()));
    }

    [TestCase("""{"metadata":{"name":"A_b"}}""", 422, "Invalid", "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of*")]
    [TestCase("""{"metadata":{}}""", 422, "Invalid", "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required")]
    [TestCase("""{"metadata":{"name":"a","labels":{"a b":"c"}}}""", 422, "Invalid", "ConfigMap \"a\" is invalid: metadata.labels: Invalid value: \"a b\": name part must consist of*")]
    [TestCase("""{"metadata":{"name":"a","namespace":"other"}}""", 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request")]
    [TestCase("""{"metadata":{"name":"a","resourceVersion":"7"}}""", 400, "BadRequest", "resourceVersion should not be set on objects to be created")]
    [TestCase("""{"kind":"Pod","metadata":{"name":"a"}}""", 400, "BadRequest", "Pod in version \"v1\" cannot be handled as a ConfigMap*")]
    [TestCase("""{"apiVersion":"apps/v1","metadata":{"name":"a"}}""", 400, "BadRequest", "the API version in the data (apps/v1) does not match the expected API version (v1)")]
    [TestCase("""{"metadata":{"name":"a"},"data":{"a":1}}""", 400, "BadRequest", "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string")]
    [TestCase("""{"metadata":""", 400, "BadRequest", "*")]
    public async Task Create_BadObject_IsRefusedInKnownWordsAndNotStored(string body, int code, string reason, string message)
    {
        var (answered, status) = await server.PostAsync(Maps, body);
        var (_, list) = await server.GetAsync(Maps);

        AssertStatus(answered, status, (HttpStatusCode)code, reason, message);
        Assert.That(list["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Create_UnknownField_StrictRefusesAndWarnWarns()
    {
        const string body = """{"metadata":{"name":"a"},"spec":{"foo":1}}""";

        var (code, status) = await server.PostAsync($"{Maps}?fieldValidation=Strict", body);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var warned = await server.Http.PostAsync(Maps, content);

        AssertStatus(code, status, HttpStatusCode.BadRequest, "BadRequest",
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"spec\"");
        Assert.That(warned.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(warned.Headers.GetValues("Warning"), Is.EqualTo(new[] { "299 - \"unknown field \\\"spec\\\"\"" }));
    }

    [Test]
    public async Task Create_Yaml_IsUnderstood()
    {
        var (code, created) = await server.SendAsync(HttpMethod.Post, Maps, "metadata:\n  name: a\ndata:\n  k: |\n    two\n    lines\n", "application/yaml");

        Assert.That(code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(created["data"]!["k"]!.GetValue<string>(), Is.EqualTo("two\nlines\n"));
    }

    [Test]
    public async Task Create_BodyOverTheLimit_IsRefused()
    {
        var (code, status) = await server.PostAsync(Maps, $$$"""{"metadata":{"name":"a"},"data":{"k":"{{{new string('x', 10_000_000)}}}"}}""");

        AssertStatus(code, status, HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    }

    [Test]
    public async Task Create_UnknownMediaType_IsRefused()
    {
        var (code, status) = await server.SendAsync(HttpMethod.Post, Maps, "x", "text/plain");

        AssertStatus(code, status, HttpStatusCode.UnsupportedMediaType, "UnsupportedMediaType", "the body of the request was in an unknown format*");
    }

    [Test]
    public async Task Create_DryRun_AnswersAndStoresNothing()
    {
        var (code, _) = await server.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"a"}}""");
        var (found, _) = await server.GetAsync($"{Maps}/a");

        Assert.That((code, found), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.NotFound)));
    }

    [Test]
    public async Task Update_StaleVersion_IsConflict()
    {
        var version = await server.CreateConfigMapAsync("a");
        await server.PutAsync($"{Maps}/a", """{"metadata":{"name":"a"},"data":{"k":"2"}}""");

        var (code, status) = await server.PutAsync($"{Maps}/a", $$$"""{"metadata":{"name":"a","resourceVersion":"{{{version}}}"},"data":{"k":"3"}}""");

        AssertStatus(code, status, HttpStatusCode.Conflict, "Conflict",
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Test]
    public async Task Update_SameContent_TakesNoRevision()
    {
        var version = await server.CreateConfigMapAsync("a");

        var (_, updated) = await server.PutAsync($"{Maps}/a", """{"data":{"k":"v"},"metadata":{"name":"a"}}""");

        Assert.That(TestApiServer.Version(updated), Is.EqualTo(version));
    }

    [Test]
    public async Task Update_SpecChanges_BumpGenerationAndStatusIsKept()
    {
        await server.PostAsync(Deployments, """{"metadata":{"name":"d"},"spec":{"replicas":1},"status":{"replicas":9}}""");
        await server.PutAsync($"{Deployments}/d/status", """{"metadata":{"name":"d","annotations":{"a":"b"}},"spec":{"replicas":7},"status":{"replicas":1}}""");

        var (_, updated) = await server.PutAsync($"{Deployments}/d", """{"metadata":{"name":"d"},"spec":{"replicas":2},"status":{"replicas":5}}""");

        Assert.Multiple(() =>
        {
            Assert.That(updated["metadata"]!["generation"]!.GetValue<long>(), Is.EqualTo(2));
            Assert.That(updated["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(2));
            Assert.That(updated["status"]!["replicas"]!.GetValue<int>(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Update_ManyWritersAtOnce_LoseNothing()
    {
        await server.CreateConfigMapAsync("a");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => server.PatchAsync($"{Maps}/a", $$$"""{"data":{"k{{{i}}}":"x"}}""")));
        var (_, read) = await server.GetAsync($"{Maps}/a");

        Assert.That(read["data"]!.AsObject(), Has.Count.EqualTo(21));
    }

    [Test]
    public async Task Patch_FailedTest_IsUnprocessable()
    {
        await server.CreateConfigMapAsync("a");

        var (code, status) = await server.PatchAsync($"{Maps}/a", """[{"op":"test","path":"/data/k","value":"no"}]""", "json-patch+json");

        AssertStatus(code, status, HttpStatusCode.UnprocessableEntity, "Invalid", "the server rejected our request due to an error in our request");
    }

    [Test]
    public async Task Patch_StrategicMerge_MergesContainersByName()
    {
        await server.PostAsync(Deployments, """{"metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}}}""");

        var (_, patched) = await server.PatchAsync(
            $"{Deployments}/d", """{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"2"}]}}}}""", "strategic-merge-patch+json");

        var images = patched["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(one => one!["image"]!.GetValue<string>());
        Assert.That(images, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public async Task Delete_WithFinalizer_MarksAndTheLastFinalizersRemovalDeletes()
    {
        await server.PostAsync(Maps, """{"metadata":{"name":"a","finalizers":["test.io/x"]}}""");

        var (code, marked) = await server.DeleteAsync($"{Maps}/a");
        var (_, refused) = await server.PatchAsync($"{Maps}/a", """{"metadata":{"finalizers":["test.io/x","test.io/new"]}}""");
        var (patched, _) = await server.PatchAsync($"{Maps}/a", """{"metadata":{"finalizers":null}}""");
        var (gone, status) = await server.GetAsync($"{Maps}/a");

        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(marked["metadata"]!["deletionTimestamp"], Is.Not.Null);
            Assert.That(refused["message"]!.GetValue<string>(), Does.Contain("no new finalizers can be added if the object is being deleted"));
            Assert.That(patched, Is.EqualTo(HttpStatusCode.OK));
            AssertStatus(gone, status, HttpStatusCode.NotFound, "NotFound", "configmaps \"a\" not found");
        });
    }

    [Test]
    public async Task Delete_Gracefully_WaitsForTheGraceOfZero()
    {
        await server.PostAsync(Pods, """{"metadata":{"name":"p"},"spec":{"nodeName":"n"}}""");

        var (_, marked) = await server.DeleteAsync($"{Pods}/p");
        var (_, shortened) = await server.DeleteAsync($"{Pods}/p", """{"gracePeriodSeconds":5}""");
        var (still, _) = await server.GetAsync($"{Pods}/p");
        await server.DeleteAsync($"{Pods}/p?gracePeriodSeconds=0");
        var (gone, _) = await server.GetAsync($"{Pods}/p");

        Assert.Multiple(() =>
        {
            Assert.That(marked["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<long>(), Is.EqualTo(30));
            Assert.That(shortened["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<long>(), Is.EqualTo(5));
            Assert.That(still, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(gone, Is.EqualTo(HttpStatusCode.NotFound));
        });
    }

    [TestCase("""{"preconditions":{"uid":"other"}}""", "Precondition failed: UID in precondition: other, UID in object meta: *")]
    [TestCase("""{"preconditions":{"resourceVersion":"1"}}""", "Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: *")]
    public async Task Delete_PreconditionFails_IsConflict(string options, string why)
    {
        await server.CreateConfigMapAsync("a");

        var (code, status) = await server.DeleteAsync($"{Maps}/a", options);

        AssertStatus(code, status, HttpStatusCode.Conflict, "Conflict", $"Operation cannot be fulfilled on configmaps \"a\": {why}");
    }

    [TestCase("Foreground", "foregroundDeletion")]
    [TestCase("Orphan", "orphan")]
    public async Task Delete_PropagationPolicy_SetsItsFinalizer(string policy, string finalizer)
    {
        await server.CreateConfigMapAsync("a");

        var (_, marked) = await server.DeleteAsync($"{Maps}/a", $$"""{"propagationPolicy":"{{policy}}"}""");

        Assert.That(marked["metadata"]!["finalizers"]!.ToJsonString(), Is.EqualTo($"[\"{finalizer}\"]"));
    }

    [Test]
    public async Task DeleteCollection_BySelector_RemovesThoseAlone()
    {
        for (var i = 0; i < 30; i++)
            await server.CreateConfigMapAsync($"m{i}", labels: $$"""{"even":"{{i % 2 == 0}}"}""");

        var (code, deleted) = await server.DeleteAsync($"{Maps}?labelSelector=even%3DTrue");
        var (_, left) = await server.GetAsync(Maps);

        Assert.That(code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(deleted["items"]!.AsArray(), Has.Count.EqualTo(15));
        Assert.That(left["items"]!.AsArray().Select(one => one!["metadata"]!["labels"]!["even"]!.GetValue<string>()).Distinct(), Is.EqualTo(new[] { "False" }));
    }

    [Test]
    public async Task Scale_GetAndPatch_ShowAndChangeReplicas()
    {
        await server.PostAsync(Deployments, """{"metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"x"}}}}""");

        var (_, scaled) = await server.PatchAsync($"{Deployments}/d/scale", """{"spec":{"replicas":4}}""");
        var (_, deployment) = await server.GetAsync($"{Deployments}/d");
        var (code, _) = await server.PatchAsync($"{Deployments}/d/scale", """{"spec":{"replicas":-1}}""");

        Assert.Multiple(() =>
        {
            Assert.That(scaled["kind"]!.GetValue<string>(), Is.EqualTo("Scale"));
            Assert.That(scaled["status"]!["selector"]!.GetValue<string>(), Is.EqualTo("app=x"));
            Assert.That(deployment["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(4));
            Assert.That(code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        });
    }

    [TestCase("GET", "/api/v1/namespaces/default/nothings", 404)]
    [TestCase("GET", "/apis/none.io/v1/things", 404)]
    [TestCase("GET", "/nowhere", 404)]
    [TestCase("POST", "/api/v1/configmaps", 405)]
    [TestCase("PUT", "/api/v1/namespaces/default/configmaps", 405)]
    [TestCase("GET", "/api/v1/namespaces/default/nodes", 404)]
    public async Task Request_ForWhatIsNotServed_IsAStatus(string method, string path, int expected)
    {
        var (code, status) = await server.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}");

        Assert.That((int)code, Is.EqualTo(expected));
        Assert.That(status["kind"]!.GetValue<string>(), Is.EqualTo("Status"));
    }

    private static void AssertStatus(HttpStatusCode code, JsonNode status, HttpStatusCode expected, string reason, string message)
    {
        Assert.That(code, Is.EqualTo(expected), status.ToJsonString());
        Assert.That(status["reason"]!.GetValue<string>(), Is.EqualTo(reason));
        Assert.That(status["code"]!.GetValue<int>(), Is.EqualTo((int)expected));
        var text = status["message"]!.GetValue<string>();
        if (message.EndsWith('*'))
            Assert.That(text, Does.StartWith(message[..^1]));
        else
            Assert.That(text, Is.EqualTo(message));
    }
}
