using Orchestrator.Linux.Security;

namespace Orchestrator.Linux.Tests.Security;

[TestFixture]
internal sealed class CapabilitySetTests
{
    [TestCase("NET_ADMIN", 12)]
    [TestCase("cap_net_admin", 12)]
    [TestCase("CAP_CHOWN", 0)]
    [TestCase("CHECKPOINT_RESTORE", 40)]
    public void TryParse_Name_GivesItsNumber(string name, int expected)
    {
        Assert.That(CapabilitySet.TryParse(name, out var number));
        Assert.That(number, Is.EqualTo(expected));
    }

    [Test]
    public void TryParse_UnknownName_IsRefused() => Assert.That(CapabilitySet.TryParse("CAP_NOTHING", out _), Is.False);

    [Test]
    public void ContainerDefault_IsTheAgreedMask() => Assert.That(CapabilitySet.ContainerDefault.Bits, Is.EqualTo(0xa80425fbUL));

    [Test]
    public void ToNames_Set_AreAsOciWritesThem() =>
        Assert.That(CapabilitySet.Of("SYS_ADMIN", "KILL").ToNames(), Is.EqualTo(new[] { "CAP_KILL", "CAP_SYS_ADMIN" }));
}
