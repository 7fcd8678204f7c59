using System.Text;
using Orchestrator.Shim.Containers;

namespace Orchestrator.Shim.Tests.Containers;

[TestFixture]
internal sealed class ContainerLogTests
{
    private const string Stamp = "2026-03-04T05:06:07.000000800Z";

    private string path = "";

    [SetUp]
    public void MakeFile() => path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(path);

    [Test]
    public void Append_PiecesOfLines_WaitForTheirEnd()
    {
        using (var log = new ContainerLog(path, new FixedTime()))
        {
            log.Append(isError: false, "one\ntw"u8);
            log.Append(isError: true, "err\n"u8);
            log.Append(isError: false, "o\n\n"u8);
            log.Append(isError: false, "rest"u8);
            log.Finish();
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo(
            $"{Stamp} stdout F one\n{Stamp} stderr F err\n{Stamp} stdout F two\n{Stamp} stdout F \n{Stamp} stdout F rest\n"));
    }

    [TestCase(ContainerLog.MaximumLineBytes, new[] { "F" })]
    [TestCase(ContainerLog.MaximumLineBytes + 1, new[] { "P", "F" })]
    [TestCase((3 * ContainerLog.MaximumLineBytes) - 1, new[] { "P", "P", "F" })]
    public void Append_LineOfLength_IsSplitAtTheLimit(int length, string[] tags)
    {
        using (var log = new ContainerLog(path, new FixedTime()))
        {
            var text = Encoding.ASCII.GetBytes(new string('x', length) + "\n");
            foreach (var chunk in text.Chunk(5000))
                log.Append(isError: false, chunk);
        }

        var lines = File.ReadAllLines(path).Select(static line => line.Split(' ', 4)).ToArray();
        Assert.That(lines.Select(static line => line[2]), Is.EqualTo(tags));
        Assert.That(lines.Sum(static line => line[3].Length), Is.EqualTo(length));
    }

    [Test]
    public void Append_BytesThatAreNoText_AreKept()
    {
        byte[] bytes = [0xff, 0x00, 0xfe, (byte)'\n'];
        using (var log = new ContainerLog(path, new FixedTime()))
            log.Append(isError: false, bytes);

        Assert.That(File.ReadAllBytes(path)[^4..], Is.EqualTo(bytes));
    }

    [Test]
    public void Reopen_AfterRename_GoesOnInANewFile()
    {
        using (var log = new ContainerLog(path, new FixedTime()))
        {
            log.Append(isError: false, "old\n"u8);
            File.Move(path, path + ".1");
            log.Reopen();
            log.Append(isError: false, "new\n"u8);
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo($"{Stamp} stdout F new\n"));
        File.Delete(path + ".1");
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(8);
    }
}
