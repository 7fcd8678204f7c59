using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Authorization;

public sealed class RbacTests
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private ClusterServer server = null!;

    [SetUp]
    public async Task StartAsync() => server = await ClusterServer.StartAsync();

    [TearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Request_NobodyAllows_IsForbiddenInKubernetesWords()
    {
        var listed = await server.GetAsync("/api/v1/namespaces/default/pods", "bob");
        var nodes = await server.GetAsync("/api/v1/nodes/n1", "bob");
        var path = await server.GetAsync("/metrics", "bob");

        Assert.Multiple(() =>
        {
            Assert.That(listed.Code, Is.EqualTo(403));
            Assert.That(listed.Message, Is.EqualTo("pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\""));
            Assert.That(nodes.Message, Is.EqualTo("nodes \"n1\" is forbidden: User \"bob\" cannot get resource \"nodes\" in API group \"\" at the cluster scope"));
            Assert.That(path.Message, Is.EqualTo("forbidden: User \"bob\" cannot get path \"/metrics\""));
        });
    }

    [Test]
    public async Task RoleBinding_ToAUser_HoldsInItsNamespaceOnly()
    {
        await BindAsync("default", "view", "User", "bob");

        await ClusterServer.EventuallyAsync(async () => (await server.GetAsync("/api/v1/namespaces/default/pods", "bob")).Code == 200);
        Assert.That((await server.GetAsync("/api/v1/namespaces/kube-system/pods", "bob")).Code, Is.EqualTo(403));
        Assert.That((await server.GetAsync("/api/v1/namespaces/default/secrets", "bob")).Code, Is.EqualTo(403), "view shows no secrets");
    }

    [Test]
    public async Task RoleBinding_ToAGroup_HoldsForItsMembersUntilDeleted()
    {
        await BindAsync("default", "view", "Group", "developers");
        await ClusterServer.EventuallyAsync(async () => (await server.GetAsync("/api/v1/namespaces/default/pods", "alice")).Code == 200);
        Assert.That((await server.GetAsync("/api/v1/namespaces/default/pods", "bob")).Code, Is.EqualTo(403));

        await server.DeleteAsync($"{Rbac}/namespaces/default/rolebindings/b-view");
        await ClusterServer.EventuallyAsync(async () => (await server.GetAsync("/api/v1/namespaces/default/pods", "alice")).Code == 403);
    }

    [Test]
    public async Task ClusterRole_MadeOfOthers_GetsTheirRules()
    {
        var edit = (await server.GetAsync($"{Rbac}/clusterroles/admin")).Json;
        Assert.That(edit["rules"]!.ToJsonString(), Does.Contain("configmaps").And.Contain("rolebindings"), "admin is made of edit and view");

        await server.PostAsync($"{Rbac}/clusterroles", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"widgets","labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}},
            "rules":[{"apiGroups":["example.com"],"resources":["widgets"],"verbs":["get"]}]}
            """);

        await ClusterServer.EventuallyAsync(async () => (await server.GetAsync($"{Rbac}/clusterroles/admin")).Text.Contains("widgets", StringComparison.Ordinal));
    }

    [Test]
    public async Task Role_WithMoreThanItsWriterHas_IsRefused()
    {
        await BindAsync("default", "admin", "User", "bob");
        const string role = """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"%"},"rules":[{"apiGroups":[""],"resources":["%"],"verbs":["get"]}]}""";

        var within = await server.PostAsync($"{Rbac}/namespaces/default/roles", role.Replace("%", "pods", StringComparison.Ordinal), "bob");
        var beyond = await server.PostAsync($"{Rbac}/namespaces/default/roles", role.Replace("%", "nodes", StringComparison.Ordinal), "bob");

        Assert.That(within.Code, Is.EqualTo(201), within.Text);
        Assert.That(beyond.Code, Is.EqualTo(403));
        Assert.That(beyond.Message, Does.Contain("user \"bob\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
            + "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}"));
    }

    [Test]
    public async Task RoleBinding_ToMoreThanItsWriterHas_IsRefused()
    {
        await BindAsync("default", "admin", "User", "bob");

        var answer = await server.PostAsync($"{Rbac}/namespaces/default/rolebindings", Binding("grab", "cluster-admin", "User", "bob"), "bob");
        var allowed = await server.PostAsync($"{Rbac}/namespaces/default/rolebindings", Binding("share", "view", "User", "alice"), "bob");

        Assert.That(answer.Code, Is.EqualTo(403));
        Assert.That(allowed.Code, Is.EqualTo(201), allowed.Text);
    }

    [Test]
    public async Task RoleBinding_OtherRole_CannotReplaceTheFirst()
    {
        await BindAsync("default", "view", "User", "bob");
        var answer = await server.PatchAsync($"{Rbac}/namespaces/default/rolebindings/b-view", """{"roleRef":{"name":"edit"}}""");

        Assert.That(answer.Message, Does.Contain("roleRef: Invalid value: {").And.Contain("cannot change roleRef"));
    }

    [TestCase("""{"apiGroups":[""],"resources":["pods"]}""", "rules[0].verbs: Required value: verbs must contain at least one value")]
    [TestCase("""{"resources":["pods"],"verbs":["get"]}""", "rules[0].apiGroups: Required value: resource rules must supply at least one api group")]
    [TestCase("""{"apiGroups":[""],"verbs":["get"]}""", "rules[0].resources: Required value: resource rules must supply at least one resource")]
    [TestCase("""{"nonResourceURLs":["/x"],"verbs":["get"]}""", "namespaced rules cannot apply to non-resource URLs")]
    public async Task Role_FaultyRule_IsRefused(string rule, string words)
    {
        var answer = await server.PostAsync($"{Rbac}/namespaces/default/roles",
            $$$"""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"bad"},"rules":[{{{rule}}}]}""");

        Assert.That(answer.Code, Is.EqualTo(422));
        Assert.That(answer.Message, Does.Contain(words));
    }

    [Test]
    public async Task AccessReviews_SayWhatAndWhy()
    {
        await BindAsync("default", "view", "User", "bob");
        const string ask = """{"spec":{"user":"bob","resourceAttributes":{"namespace":"default","verb":"%","resource":"pods"}}}""";

        var yes = await server.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", ask.Replace("%", "list", StringComparison.Ordinal));
        var no = await server.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", ask.Replace("%", "delete", StringComparison.Ordinal));
        var self = await server.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"default","verb":"list","resource":"pods"}}}""", "bob");
        var rules = await server.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""", "bob");

        Assert.Multiple(() =>
        {
            Assert.That(yes.Json["status"]!["allowed"]!.GetValue<bool>(), Is.True);
            Assert.That(yes.Json["status"]!["reason"]!.GetValue<string>(), Is.EqualTo("RBAC: allowed by RoleBinding \"b-view/default\" of ClusterRole \"view\" to User \"bob\""));
            Assert.That(no.Json["status"]!["allowed"]!.GetValue<bool>(), Is.False);
            Assert.That(self.Json["status"]!["allowed"]!.GetValue<bool>(), Is.True);
            Assert.That(((JsonArray)rules.Json["status"]!["resourceRules"]!).Count, Is.GreaterThan(5));
        });
    }

    private async Task BindAsync(string @namespace, string role, string kind, string name)
    {
        var answer = await server.PostAsync($"{Rbac}/namespaces/{@namespace}/rolebindings", Binding($"b-{role}", role, kind, name));
        Assert.That(answer.Code, Is.EqualTo(201), answer.Text);
        await ClusterServer.EventuallyAsync(() => Task.FromResult(server.Host.Reader.Get<Api.Rbac.V1.RoleBinding>(@namespace, $"b-{role}") is not null));
    }

    private static string Binding(string binding, string role, string kind, string name) => $$$"""
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"{{{binding}}}"},
        "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{{role}}}"},"subjects":[{"kind":"{{{kind}}}","name":"{{{name}}}"}]}
        """;
}
