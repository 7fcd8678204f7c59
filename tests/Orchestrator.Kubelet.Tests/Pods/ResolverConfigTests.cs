using System.Net;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Tests.Pods;

public sealed class ResolverConfigTests
{
    private string file = "";

    [SetUp]
    public void WriteNodesFile()
    {
        file = Path.GetTempFileName();
        File.WriteAllText(file, "# comment\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch example.org corp.example.org\noptions rotate timeout:2\n");
    }

    [TearDown]
    public void RemoveNodesFile() => File.Delete(file);

    [Test]
    public void For_ClusterFirst_AsksTheClusterAndKeepsTheNodesSearches()
    {
        var dns = ResolverConfig.For(Make.Pod("web"), Options());
        Assert.That(dns.Servers, Is.EqualTo(new[] { "10.96.0.10" }));
        Assert.That(dns.Searches, Is.EqualTo(new[] { "default.svc.cluster.local", "svc.cluster.local", "cluster.local", "example.org", "corp.example.org" }));
        Assert.That(dns.Options, Is.EqualTo(new[] { "ndots:5" }));
    }

    [TestCase("Default", false)]
    [TestCase("ClusterFirst", true)]
    public void For_DefaultOrHostNetwork_IsTheNodesOwn(string policy, bool hostNetwork)
    {
        var dns = ResolverConfig.For(Make.Pod("web").With(spec => spec with { DnsPolicy = policy, HostNetwork = hostNetwork }), Options());
        Assert.That(dns.Servers, Is.EqualTo(new[] { "192.0.2.1", "192.0.2.2" }));
        Assert.That(dns.Options, Is.EqualTo(new[] { "rotate", "timeout:2" }));
    }

    [Test]
    public void For_NoneWithOwnConfig_IsThatConfig()
    {
        var dns = ResolverConfig.For(Make.Pod("web").With(spec => spec with
        {
            DnsPolicy = "None",
            DnsConfig = new() { Nameservers = ["1.1.1.1"], Searches = ["a.b"], Options = [new() { Name = "ndots", Value = "2" }, new() { Name = "edns0" }] },
        }), Options());
        Assert.That((dns.Servers[0], dns.Searches[0], string.Join(' ', dns.Options)), Is.EqualTo(("1.1.1.1", "a.b", "ndots:2 edns0")));
    }

    [Test]
    public void For_OwnOption_OverrulesTheClusters()
    {
        var dns = ResolverConfig.For(Make.Pod("web").With(spec => spec with { DnsConfig = new() { Options = [new() { Name = "ndots", Value = "1" }] } }), Options());
        Assert.That(dns.Options, Is.EqualTo(new[] { "ndots:1" }));
    }

    private KubeletOptions Options() => new()
    {
        NodeName = "n", RootDirectory = "/r", LogDirectory = "/l", NodeIp = IPAddress.Loopback, ClusterDns = [IPAddress.Parse("10.96.0.10")], ResolvConfPath = file,
    };
}
