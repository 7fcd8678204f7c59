using Orchestrator.Linux.Procfs;

namespace Orchestrator.Linux.Tests.Procfs;

[TestFixture]
internal sealed class ProcfsTests
{
    [Test]
    public void MountInfo_Lines_AreReadWithOptionalFieldsAndEscapes()
    {
        const string text = """
            36 35 98:0 /mnt1 /mnt/with\040space rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
            37 35 0:30 / /proc rw - proc proc rw
            """;

        var mounts = MountInfo.Parse(text);

        Assert.Multiple(() =>
        {
            Assert.That(mounts, Has.Count.EqualTo(2));
            Assert.That((mounts[0].Id, mounts[0].ParentId, mounts[0].Root, mounts[0].MountPoint), Is.EqualTo((36, 35, "/mnt1", "/mnt/with space")));
            Assert.That(mounts[0].PropagationTags, Is.EqualTo(new[] { "master:1", "shared:7" }));
            Assert.That((mounts[0].FilesystemType, mounts[0].SuperOptions), Is.EqualTo(("ext3", "rw,errors=continue")));
            Assert.That(mounts[1].PropagationTags, Is.Empty);
        });
    }

    [TestCase("")]
    [TestCase("36 35 98:0 /")]
    [TestCase("x y 98:0 / / rw - ext3 a b")]
    [TestCase("36 35 98:0 / / rw - ext3")]
    [TestCase("- - - - - - - - -")]
    public void MountInfo_CutOrMalformed_IsLeftOut(string text) => Assert.That(MountInfo.Parse(text), Is.Empty);

    [Test]
    public void NetworkCounters_Table_GivesBytesAndErrors()
    {
        const string text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       2    0    0    0     0          0         0      100       2    0    0    0     0       0          0
              eth0: 1234567     99    3    0    0     0          0         0    76543      88    4    0    0     0       0          0
             cut: 1 2 3
            """;

        var counters = NetworkCounters.Parse(text);

        Assert.That(counters["eth0"], Is.EqualTo(new NetworkCounters(1234567, 3, 76543, 4)));
        Assert.That(counters.Keys, Is.EquivalentTo(new[] { "lo", "eth0" }));
    }
}
