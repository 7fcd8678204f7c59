using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Authorization.Rbac;

namespace Orchestrator.ApiServer.Tests.Authorization;

public sealed class RuleMatchTests
{
    [TestCase("pods", "pods", "", true)]
    [TestCase("pods", "pods", "log", false, Description = "a resource does not include its subresources")]
    [TestCase("pods/log", "pods", "log", true)]
    [TestCase("pods/log", "pods", "", false)]
    [TestCase("*/scale", "deployments", "scale", true)]
    [TestCase("*/scale", "deployments", "status", false)]
    [TestCase("*", "anything", "log", true)]
    [TestCase("xpods/log", "pods", "log", false)]
    public void Allows_Resource_MatchesAsInKubernetes(string rule, string resource, string subresource, bool expected)
    {
        var rules = (PolicyRule[])[new() { Verbs = ["get"], ApiGroups = [""], Resources = [rule] }];

        Assert.That(RuleMatch.Allows(rules, Request("get", resource, subresource)), Is.EqualTo(expected));
    }

    [TestCase("get", "", "", true)]
    [TestCase("list", "", "", false)]
    [TestCase("get", "apps", "", false)]
    public void Allows_VerbAndGroup_MustBothMatch(string verb, string group, string name, bool expected)
    {
        var rules = (PolicyRule[])[new() { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] }];

        Assert.That(RuleMatch.Allows(rules, Request(verb, "pods") with { Group = group, Name = name }), Is.EqualTo(expected));
    }

    [Test]
    public void Allows_ResourceNames_LimitToThose()
    {
        var rules = (PolicyRule[])[new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["configmaps"], ResourceNames = ["one"] }];

        Assert.Multiple(() =>
        {
            Assert.That(RuleMatch.Allows(rules, Request("get", "configmaps") with { Name = "one" }), Is.True);
            Assert.That(RuleMatch.Allows(rules, Request("get", "configmaps") with { Name = "two" }), Is.False);
            Assert.That(RuleMatch.Allows(rules, Request("list", "configmaps")), Is.False);
        });
    }

    [TestCase("/healthz", "/healthz", true)]
    [TestCase("/healthz", "/healthz/etcd", false)]
    [TestCase("/healthz/*", "/healthz/etcd", true)]
    [TestCase("*", "/metrics", true)]
    public void Allows_Path_ExactOrUpToAStar(string rule, string path, bool expected)
    {
        var rules = (PolicyRule[])[new() { Verbs = ["get"], NonResourceURLs = [rule] }];
        var request = Request("get", "") with { IsResourceRequest = false, Path = path };

        Assert.That(RuleMatch.Allows(rules, request), Is.EqualTo(expected));
    }

    [Test]
    public void Uncovered_PartsNobodyOwns_AreListedOneByOne()
    {
        var owned = (PolicyRule[])[new() { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["pods", "secrets"] }];
        var wanted = (PolicyRule[])[new() { Verbs = ["get", "delete"], ApiGroups = [""], Resources = ["pods", "pods/log"] }];

        var uncovered = RuleMatch.Uncovered(owned, wanted).Select(rule => $"{rule.Verbs![0]} {rule.Resources![0]}");

        Assert.That(uncovered, Is.EquivalentTo((string[])["get pods/log", "delete pods", "delete pods/log"]));
    }

    [Test]
    public void Uncovered_OneNameOwned_DoesNotCoverAllNames()
    {
        var owned = (PolicyRule[])[new() { Verbs = ["get"], ApiGroups = [""], Resources = ["secrets"], ResourceNames = ["one"] }];

        Assert.That(RuleMatch.Uncovered(owned, [owned[0] with { ResourceNames = null }]), Has.Count.EqualTo(1));
        Assert.That(RuleMatch.Uncovered(owned, owned), Is.Empty);
        Assert.That(RuleMatch.Uncovered([owned[0] with { ResourceNames = null }], owned), Is.Empty);
    }

    private static AuthorizationAttributes Request(string verb, string resource, string subresource = "") =>
        new() { User = new UserInfo("bob", []), Verb = verb, Resource = resource, Subresource = subresource };
}
