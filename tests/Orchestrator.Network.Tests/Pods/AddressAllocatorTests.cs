using System.Net;
using Orchestrator.Network.Pods;

namespace Orchestrator.Network.Tests.Pods;

[TestFixture]
public class AddressAllocatorTests
{
    private static readonly IPNetwork Range = IPNetwork.Parse("10.244.1.0/29");

    [Test]
    public void Allocate_WholeRange_SkipsNetworkGatewayAndBroadcast()
    {
        var allocator = new AddressAllocator(Range, null);
        Assert.That(Enumerable.Range(0, 6).Select(_ => allocator.Allocate()?.ToString()), Is.EqualTo(
            new[] { "10.244.1.2", "10.244.1.3", "10.244.1.4", "10.244.1.5", "10.244.1.6", null }));
    }

    [Test]
    public void Allocate_AfterRelease_TakesTheOthersFirst()
    {
        var allocator = new AddressAllocator(Range, null);
        var first = allocator.Allocate()!;
        allocator.Release(first);
        Assert.That(Enumerable.Range(0, 5).Select(_ => allocator.Allocate()!.ToString()), Is.EqualTo(
            new[] { "10.244.1.3", "10.244.1.4", "10.244.1.5", "10.244.1.6", "10.244.1.2" }));
    }

    [Test]
    public void Allocate_AfterRestart_GoesOnBehindTheLastOne()
    {
        var allocator = new AddressAllocator(Range, IPAddress.Parse("10.244.1.4"));
        allocator.Reserve(IPAddress.Parse("10.244.1.5"));
        Assert.That(allocator.Allocate(), Is.EqualTo(IPAddress.Parse("10.244.1.6")));
        Assert.That(allocator.Allocate(), Is.EqualTo(IPAddress.Parse("10.244.1.2")));
    }

    [Test]
    public void Allocate_CursorOfAnotherRange_StartsAtTheBeginning() =>
        Assert.That(new AddressAllocator(Range, IPAddress.Parse("10.244.9.4")).Allocate(), Is.EqualTo(IPAddress.Parse("10.244.1.2")));
}
