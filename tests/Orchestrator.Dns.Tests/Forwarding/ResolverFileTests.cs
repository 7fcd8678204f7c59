using System.Net;
using Orchestrator.Dns.Forwarding;

namespace Orchestrator.Dns.Tests.Forwarding;

[TestFixture]
public class ResolverFileTests
{
    [Test]
    public void Parse_StubAndOurselves_AreLeftOut()
    {
        const string text = "# made by hand\nsearch example.com\nnameserver 127.0.0.53\nnameserver\t192.0.2.53\r\nnameserver 10.96.0.10\nnameserver ::1\nnameserver fd00::53 # v6\nnameserver x\n";
        Assert.That(ResolverFile.Parse(text, [IPAddress.Parse("10.96.0.10")]).Select(server => server.ToString()),
            Is.EqualTo(new[] { "192.0.2.53:53", "[fd00::53]:53" }));
    }
}
