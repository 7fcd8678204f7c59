using System.Net;
using Orchestrator.Network.Lab;
using Orchestrator.Network.Pods;

namespace Orchestrator.Network.Tests.Lab;

[TestFixture]
public class LabSubnetsTests
{
    [Test]
    public void Choose_NothingTaken_GivesTheDefaults()
    {
        Assert.That(LabSubnets.Choose([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("192.0.2.0/24")]), Is.EqualTo(
            new LabRanges(IPNetwork.Parse("172.30.0.0/24"), IPNetwork.Parse("10.244.0.0/16"), IPNetwork.Parse("10.96.0.0/16"))));
    }

    [Test]
    public void Choose_RoutesOverlap_SkipsThem()
    {
        var ranges = LabSubnets.Choose(
            [IPNetwork.Parse("172.30.0.128/25"), IPNetwork.Parse("10.244.3.0/24"), IPNetwork.Parse("10.245.0.0/16"), IPNetwork.Parse("10.96.0.0/14")]);
        Assert.That(ranges, Is.EqualTo(
            new LabRanges(IPNetwork.Parse("172.30.1.0/24"), IPNetwork.Parse("10.246.0.0/16"), IPNetwork.Parse("10.100.0.0/16"))));
    }

    [Test]
    public void Choose_WholePoolTaken_Throws() =>
        Assert.Throws<PodNetworkException>(() => LabSubnets.Choose([IPNetwork.Parse("10.0.0.0/8")]));

    [Test]
    public void Defaults_OfNodes_FollowTheirNumber()
    {
        Assert.That(LabSubnets.PodRangeOf(IPNetwork.Parse("10.244.0.0/16"), 3), Is.EqualTo(IPNetwork.Parse("10.244.3.0/24")));
        Assert.That(LabSubnets.NodeAddressOf(IPNetwork.Parse("172.30.0.0/24"), 1), Is.EqualTo(IPAddress.Parse("172.30.0.11")));
    }
}
