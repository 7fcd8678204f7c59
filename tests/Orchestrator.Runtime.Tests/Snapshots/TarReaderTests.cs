using System.Text;
using Orchestrator.Runtime.Snapshots;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Snapshots;

[TestFixture]
internal sealed class TarReaderTests
{
    [Test]
    public void Next_LongNames_ComeWhole()
    {
        var name = string.Join('/', Enumerable.Repeat("directory", 30)) + "/file";
        var entry = Single(TestImage.Tar(TestImage.File(name, "x")));

        Assert.That(entry.Name, Is.EqualTo(name));
    }

    [Test]
    public void Next_DamagedHeader_IsRefused()
    {
        var archive = TestImage.Archive(new() { ["a"] = "x"u8.ToArray() });
        archive[1] ^= 1;

        Assert.That(() => Single(archive), Throws.TypeOf<TarException>().With.Message.Contains("checksum"));
    }

    [TestCase(100)]
    [TestCase(512)]
    [TestCase(700)]
    [TestCase(1500)]
    public void Read_ArchiveCutOff_IsRefused(int length)
    {
        var archive = TestImage.Archive(new() { ["a"] = new byte[1500], ["b"] = new byte[10] })[..length];

        Assert.That(() => ReadAll(archive), Throws.TypeOf<TarException>().With.Message.Contains("ends inside"));
    }

    [Test]
    public void Read_RandomBytes_EndInARefusalOrAnEnd([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var archive = TestImage.Tar(TestImage.File("a/b", "text"), TestImage.Directory("d"), TestImage.Symlink("l", "a"), TestImage.File(new string('n', 150), "y"));
        for (var i = 0; i < 5; i++)
            archive[random.Next(archive.Length)] = (byte)random.Next(256);

        try
        {
            ReadAll(archive);
        }
        catch (TarException e)
        {
            Assert.That(e.Message, Is.Not.Empty);
        }
    }

    [Test]
    public void Writer_AllKindsOfEntries_AreReadBackEqual()
    {
        var entries = new[]
        {
            new TarEntry { Name = "plain", Mode = 0x1A4, SizeBytes = 5, ModifiedSeconds = 1_700_000_000 },
            new TarEntry { Name = string.Concat(Enumerable.Repeat("long/", 40)) + "name", Mode = 0x9ED, Uid = 2_000_000_000, Gid = 3_000_000, ModifiedSeconds = 12, ModifiedNanoseconds = 345_000_000 },
            new TarEntry { Name = "d/", Type = TarEntryType.Directory, Mode = 0x3FF },
            new TarEntry { Name = "s", Type = TarEntryType.Symlink, LinkName = new string('t', 300) },
            new TarEntry { Name = "h", Type = TarEntryType.HardLink, LinkName = "plain" },
            new TarEntry { Name = "c", Type = TarEntryType.CharacterDevice, DeviceMajor = 5, DeviceMinor = 300 },
            new TarEntry { Name = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("käse")), Attributes = [new("user.x", [1, 0, 2])] },
        };
        var stream = new MemoryStream();
        var writer = new TarWriter(stream);
        foreach (var entry in entries)
        {
            writer.Write(entry);
            writer.WriteContent(new byte[entry.SizeBytes]);
        }

        writer.Finish();
        stream.Position = 0;
        var reader = new TarReader(stream);
        foreach (var expected in entries)
        {
            var actual = reader.Next()!;
            Assert.That(actual with { Attributes = expected.Attributes }, Is.EqualTo(expected));
            Assert.That(actual.Attributes.SelectMany(a => a.Value), Is.EqualTo(expected.Attributes.SelectMany(a => a.Value)));
        }

        Assert.That(reader.Next(), Is.Null);
        stream.Position = 0;
        using var framework = new System.Formats.Tar.TarReader(stream);
        Assert.That(framework.GetNextEntry()!.Name, Is.EqualTo("plain"));
        Assert.That(framework.GetNextEntry()!.Uid, Is.EqualTo(2_000_000_000));
    }

    private static TarEntry Single(byte[] archive) => new TarReader(new MemoryStream(archive)).Next()!;

    private static void ReadAll(byte[] archive)
    {
        var reader = new TarReader(new BufferedStream(new MemoryStream(archive)), bufferBytes: 1024);
        while (reader.Next() is not null)
        {
            while (!reader.ReadContent().IsEmpty)
            {
            }
        }
    }
}
