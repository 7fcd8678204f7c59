using System.Net;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Tests.Pods;

public sealed class SandboxesTests
{
    private static readonly KubeletOptions Options = new() { NodeName = "node1", RootDirectory = "/r", LogDirectory = "/l", NodeIp = IPAddress.Loopback, CgroupRoot = "/lab" };

    [Test]
    public void HostsFile_WithSubdomainAndAliases_NamesThePod()
    {
        var pod = Make.Pod("web").With(spec => spec with { Hostname = "a", Subdomain = "sub", HostAliases = [new() { Ip = "1.2.3.4", Hostnames = ["x", "y"] }] });
        var file = new Sandboxes(Options, new(Options)).HostsFile(pod, ["10.244.0.5"]);
        Assert.That(file, Does.StartWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"));
        Assert.That(file, Does.Contain("\n10.244.0.5\ta.sub.default.svc.cluster.local\ta\n").And.EndsWith("1.2.3.4\tx\ty\n"));
    }

    [TestCase(false, "a")]
    [TestCase(true, "a.sub.default.svc.cluster.local")]
    public void Hostname_AsFullNameOnlyWhenAsked(bool full, string expected) =>
        Assert.That(Sandboxes.HostnameOf(Make.Pod("web").With(spec => spec with { Hostname = "a", Subdomain = "sub", SetHostnameAsFQDN = full }), "cluster.local"), Is.EqualTo(expected));

    [Test]
    public void Hostname_OfALongName_IsCut() =>
        Assert.That(Sandboxes.ShortHostnameOf(Make.Pod(new string('a', 62) + "-b")), Is.EqualTo(new string('a', 62)));

    [Test]
    public void ConfigFor_HostNamespacesAndPorts_AreThoseOfTheSpec()
    {
        var pod = Make.Pod("web", Make.Container("app") with { Ports = [new() { Port = 80, HostPort = 8080, HostIP = "0.0.0.0" }, new() { Port = 81 }] })
            .With(spec => spec with { HostPID = true, ShareProcessNamespace = true, SecurityContext = new() { Sysctls = [new() { Name = "net/ipv4/tcp_syncookies", Value = "1" }] } });
        var config = new Sandboxes(Options, new(Options)).ConfigFor(pod, 2);
        Assert.Multiple(() =>
        {
            Assert.That(config.Namespaces.Pid, Is.EqualTo(Cri.NamespaceMode.Node));
            Assert.That(config.PortMappings, Is.EqualTo(new[] { new Cri.PortMapping("TCP", 80, 8080) }));
            Assert.That(config.Sysctls["net.ipv4.tcp_syncookies"], Is.EqualTo("1"));
            Assert.That(config.CgroupParent, Is.EqualTo($"/lab/kubepods/besteffort/pod{pod.Metadata.Uid}"));
            Assert.That(config.Metadata.Attempt, Is.EqualTo(2));
        });
    }

    [TestCase("net.ipv4.tcp_syncookies", null)]
    [TestCase("kernel.msgmax", "kernel.msgmax")]
    [TestCase("net.core.somaxconn", null)]
    public void SysctlPolicy_UnsafeOnes_NeedTheNodesLeave(string name, string? forbidden)
    {
        var pod = Make.Pod("web").With(spec => spec with { SecurityContext = new() { Sysctls = [new() { Name = name, Value = "1" }] } });
        Assert.That(SysctlPolicy.FindForbidden(pod, ["net.core.*"]), Is.EqualTo(forbidden));
    }

    [TestCase("In", "a", true)]
    [TestCase("NotIn", "a", false)]
    [TestCase("Exists", "", true)]
    [TestCase("DoesNotExist", "", false)]
    [TestCase("Gt", "4", true)]
    [TestCase("Lt", "4", false)]
    public void NodeAffinity_EachOperator_IsJudged(string op, string value, bool matches)
    {
        var key = op is "Gt" or "Lt" ? "cores" : "zone";
        var node = new Node { Metadata = new() { Name = "node1", Labels = new Dictionary<string, string> { ["zone"] = "a", ["cores"] = "8" } } };
        var pod = Make.Pod("web").With(spec => spec with
        {
            Affinity = new() { NodeAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = new() { NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = key, Operator = op, Values = [value] }] }] } } },
        });
        Assert.That(NodeAffinityMatcher.Matches(pod, node), Is.EqualTo(matches));
    }
}
