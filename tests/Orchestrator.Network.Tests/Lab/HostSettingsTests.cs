using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Lab;

namespace Orchestrator.Network.Tests.Lab;

[TestFixture, Category("Root")]
public class HostSettingsTests
{
    private const string IpForward = "net/ipv4/ip_forward";

    [TestCase("0")]
    [TestCase("1")]
    public void Release_SeveralLabs_OnlyTheLastOneRestores(string before)
    {
        using var host = new TestNamespace();
        var directory = Directory.CreateTempSubdirectory("orc-host");
        host.Run(() =>
        {
            Sysctl.Write(IpForward, before);
            var settings = new HostSettings(directory.FullName);
            settings.Acquire("one");
            settings.Acquire("two");
            settings.Acquire("one");
            settings.Release("one");
            Assert.That(Sysctl.Read(IpForward), Is.EqualTo("1"));
            settings.Release("two");
            settings.Release("two");
            Assert.That(Sysctl.Read(IpForward), Is.EqualTo(before));
        });
        directory.Delete(recursive: true);
    }
}
