using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Dns.Answers;
using Orchestrator.Dns.Forwarding;
using Orchestrator.Dns.Messages;
using Orchestrator.Dns.Tests.Answers;

namespace Orchestrator.Dns.Tests.Messages;

[TestFixture]
public class DnsMessageTests
{
    [TestCase("web.default.svc.cluster.local", "web.default.svc.cluster.local")]
    [TestCase("", "")]
    [TestCase("trailing.dot.", "trailing.dot")]
    [TestCase("a\\046b.c", "a\\046b.c")]
    [TestCase("UPPER", "upper")]
    public void Name_EncodedAndRead_ComesBack(string text, string expected)
    {
        var bytes = new byte[256];
        Assert.That(DnsName.TryEncode(text, bytes, out var length));
        var offset = 0;
        Assert.That(DnsName.TryRead(bytes.AsSpan(0, length), ref offset, out var name));
        Assert.That(name, Is.EqualTo(expected));
        Assert.That(offset, Is.EqualTo(length));
    }

    [TestCase("a..b")]
    [TestCase(".a")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123.x")]
    public void Name_EmptyOrLongLabel_IsRefused(string text) => Assert.That(DnsName.TryEncode(text, new byte[256], out _), Is.False);

    [Test]
    public void Name_TooLong_IsRefused() =>
        Assert.That(DnsName.TryEncode(string.Join('.', Enumerable.Repeat("0123456789", 24)), new byte[300], out _), Is.False);

    [TestCase(new byte[] { 0xc0, 0x00 }, TestName = "pointer to itself")]
    [TestCase(new byte[] { 1, (byte)'a', 0xc0, 0x00 }, TestName = "pointer into the same name")]
    [TestCase(new byte[] { 0xc0, 0x05, 0, 0, 0, 0 }, TestName = "pointer forwards")]
    [TestCase(new byte[] { 5, (byte)'a' }, TestName = "cut off")]
    [TestCase(new byte[] { 0x80, 0 }, TestName = "reserved label type")]
    [TestCase(new byte[] { 0xc0 }, TestName = "half a pointer")]
    public void Name_Hostile_IsRefused(byte[] bytes)
    {
        var offset = 0;
        Assert.That(DnsName.TryRead(bytes, ref offset, out _), Is.False);
    }

    [Test]
    public void Parse_AnswerOrTooShort_IsNotAnswered()
    {
        var answer = Wire.Question("a.b", DnsType.A);
        answer[2] |= 0x80;
        Assert.That(DnsQuery.Parse(answer, out var code), Is.Null);
        Assert.That(code, Is.EqualTo(DnsCode.NoError));
        Assert.That(DnsQuery.Parse(new byte[11], out code), Is.Null);
        Assert.That(code, Is.EqualTo(DnsCode.NoError));
    }

    [Test]
    public void Parse_OtherOpcodeTwoQuestionsOrNewEdns_IsRefusedWithItsCode()
    {
        var notify = Wire.Question("a.b", DnsType.A);
        notify[2] |= 0x20;
        var two = Wire.Question("a.b", DnsType.A);
        two[5] = 2;
        Assert.That(Refusal(notify), Is.EqualTo(DnsCode.NotImplemented));
        Assert.That(Refusal(two), Is.EqualTo(DnsCode.FormatError));
        Assert.That(Refusal(Wire.Question("a.b", DnsType.A, ednsLength: 4096, ednsVersion: 1)), Is.EqualTo(DnsCode.BadVersion));
    }

    [TestCase(null, 512)]
    [TestCase(100, 512)]
    [TestCase(1000, 1000)]
    [TestCase(65000, 1232)]
    public void Parse_EdnsLength_IsBounded(int? offered, int expected) =>
        Assert.That(DnsQuery.Parse(Wire.Question("a.b", DnsType.A, ednsLength: offered), out _)!.UdpLength, Is.EqualTo(expected));

    [Test]
    public void Write_MoreThanFits_IsTruncatedAtARecord()
    {
        var bytes = Wire.Question("a.b", DnsType.A, ednsLength: 600);
        var query = DnsQuery.Parse(bytes, out _)!;
        var reply = new DnsReply(DnsCode.NoError)
        {
            Answers = [.. Enumerable.Range(0, 100).Select(i => new AddressRecord("a.b", 30, new IPAddress([10, 0, 0, (byte)i])))],
        };
        var answer = new byte[query.UdpLength];
        var length = DnsWriter.Write(query, bytes, reply, answer);
        var reading = Wire.Read(answer.AsSpan(0, length));
        Assert.That(reading.Truncated);
        Assert.That(reading.Answers, Has.Count.InRange(30, 99));
        Assert.That(reading.Additionals, Is.EqualTo(new[] { "OPT" }));
    }

    /// <summary>Random bytes, and good questions with some bytes changed: never an exception, and every answer can be read.</summary>
    [Test]
    public void TryAnswer_HostilePackets_AreSurvived([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var options = new DnsOptions();
        var forwarder = new Forwarder(options, TimeProvider.System, new Random(1), NullLogger<Forwarder>.Instance);
        var responder = new DnsResponder(options, () => ClusterAnswersTests.Zone, forwarder);
        string[] names = ["web.default.svc.cluster.local", "_sql._tcp.db.default.svc.cluster.local", "2.1.244.10.in-addr.arpa", "far.default.svc.cluster.local"];
        var answer = new byte[DnsLimits.LargestUdpLength];
        var answered = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var packet = round % 4 == 0 ? Noise(random) : Damaged(random, Wire.Question(names[round % names.Length], (DnsType)random.Next(1, 40), ednsLength: 1232));
            if (responder.TryAnswer(packet, answer, overTcp: false, out _, out _) is not ({ } length and > DnsLimits.HeaderLength))
                continue;
            if (BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(4)) == 1)
            {
                Wire.Read(answer.AsSpan(0, length));
                answered++;
            }
        }
        Assert.That(answered, Is.GreaterThan(1000));
    }

    [Test]
    public void RecordReader_HostileAnswers_AreSurvived([Values(4, 5)] int seed)
    {
        var random = new Random(seed);
        var cache = new AnswerCache(16, TimeSpan.FromSeconds(30), TimeProvider.System);
        for (var round = 0; round < 20_000; round++)
        {
            var packet = Noise(random);
            if (packet.Length >= DnsLimits.HeaderLength)
                cache.Store(new AnswerKey($"n{round % 32}", DnsType.A, 1, false), packet);
        }
        Assert.That(cache.Find(new AnswerKey("other", DnsType.A, 1, false), 1), Is.Null);
    }

    private static DnsCode Refusal(byte[] message)
    {
        Assert.That(DnsQuery.Parse(message, out var code), Is.Null);
        return code;
    }

    private static byte[] Noise(Random random)
    {
        var packet = new byte[random.Next(0, 200)];
        random.NextBytes(packet);
        if (packet.Length > 5 && random.Next(2) == 0)
        {
            packet[2] = 1;
            (packet[4], packet[5]) = (0, 1);
        }
        return packet;
    }

    private static byte[] Damaged(Random random, byte[] packet)
    {
        for (var i = random.Next(0, 4); i > 0; i--)
            packet[random.Next(packet.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? packet[..random.Next(packet.Length)] : packet;
    }
}
