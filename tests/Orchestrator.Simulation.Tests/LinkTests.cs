using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

public sealed class LinkTests
{
    private Pump pump = null!;
    private Link link = null!;

    [SetUp]
    public void SetUp()
    {
        pump = new Pump(new Seeds(1));
        var slot = new ServerSlot("server-1");
        link = new Switchboard(pump, new Random(1), [slot], null!).Between("client", slot);
    }

    [Test]
    public void Cut_WithinALongerOne_ChangesNothing()
    {
        link.Cut(TimeSpan.FromSeconds(60));
        pump.RunFor(TimeSpan.FromSeconds(20));
        link.Cut(TimeSpan.FromSeconds(1));
        pump.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(link.IsCut, Is.True);
        Assert.That(link.Wait(), Is.Null, "silent since the first cut, for longer than a connection is kept");
    }

    [Test]
    public void Cut_ThatIsOver_LetsMessagesPass()
    {
        link.Cut(TimeSpan.FromSeconds(10));
        Assert.That(link.Wait(), Is.GreaterThan(TimeSpan.FromSeconds(10)));
        pump.RunFor(TimeSpan.FromSeconds(10));
        Assert.That(link.Wait(), Is.EqualTo(TimeSpan.Zero));
    }
}
