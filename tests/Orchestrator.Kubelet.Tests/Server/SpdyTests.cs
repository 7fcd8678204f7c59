using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Orchestrator.Kubelet.Server.Spdy;

namespace Orchestrator.Kubelet.Tests.Server;

public sealed class SpdyTests
{
    [Test]
    public void Dictionary_IsTheProtocols()
    {
        uint a = 1, b = 0;
        foreach (var value in SpdyDictionary.Bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        Assert.That(SpdyDictionary.Bytes, Has.Length.EqualTo(1423));
        Assert.That((b << 16) | a, Is.EqualTo(SpdyDictionary.Id));
    }

    [Test]
    public void Headers_WrittenAndRead_AreTheSameOverSeveralBlocks()
    {
        var writer = new SpdyHeaderWriter();
        using var reader = new SpdyHeaderReader();
        for (var i = 0; i < 3; i++)
        {
            var headers = new Dictionary<string, string> { ["streamtype"] = "data", ["port"] = $"{8080 + i}" };
            Assert.That(reader.Read(writer.Write(headers)), Is.EquivalentTo(headers));
        }
    }

    /// <summary>
    /// A block as Go's clients send it, with references into the dictionary: made with a real deflater that has seen the dictionary.
    /// </summary>
    [Test]
    public void Headers_CompressedAgainstTheDictionary_AreRead()
    {
        using var compressed = new MemoryStream();
        using var deflater = new DeflateStream(compressed, CompressionLevel.SmallestSize);
        deflater.Write(SpdyDictionary.Bytes);
        deflater.Flush();
        var prefix = compressed.Length;
        deflater.Write(Plain(("content-type", "application/xml"), ("streamtype", "error")));
        deflater.Flush();
        var first = compressed.ToArray()[(int)prefix..];
        var before = compressed.Length;
        deflater.Write(Plain(("content-type", "application/xml"), ("port", "80")));
        deflater.Flush();
        var second = compressed.ToArray()[(int)before..];
        Assert.That(first, Has.Length.LessThan(50), "the block must refer to the dictionary for the test to mean anything");

        using var reader = new SpdyHeaderReader();
        Assert.That(reader.Read([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2, .. first]), Is.EquivalentTo(new Dictionary<string, string> { ["content-type"] = "application/xml", ["streamtype"] = "error" }));
        Assert.That(reader.Read(second), Is.EquivalentTo(new Dictionary<string, string> { ["content-type"] = "application/xml", ["port"] = "80" }));
    }

    [TestCase("")]
    [TestCase("78bb00000000")]
    [TestCase("78bbe3c6a7c2ffff")]
    [TestCase("78bbe3c6a7c2000400fbffffffffff")]
    public void Headers_Malformed_EndTheConnection(string hex)
    {
        using var reader = new SpdyHeaderReader();
        Assert.That(() => reader.Read(Convert.FromHexString(hex)), Throws.TypeOf<SpdyException>());
    }

    [Test]
    public void Frame_Encoded_ParsesBack()
    {
        var bytes = new SpdyFrame(SpdyFrameType.Data, 7, SpdyFrame.Fin, "abc"u8.ToArray()).Encode();
        Assert.That(SpdyFrame.ParseHeader(bytes), Is.EqualTo((SpdyFrameType.Data, 7, SpdyFrame.Fin, 3)));
        bytes = SpdyFrame.ForStream(SpdyFrameType.RstStream, 5, [0, 0, 0, 5]).Encode();
        Assert.That(SpdyFrame.ParseHeader(bytes), Is.EqualTo((SpdyFrameType.RstStream, 0, (byte)0, 8)));
    }

    [Test]
    public void Frame_TooLargeOrOfAnotherVersion_IsRefused()
    {
        Assert.That(() => SpdyFrame.ParseHeader([0, 0, 0, 1, 0, 0xff, 0xff, 0xff]), Throws.TypeOf<SpdyException>());
        Assert.That(() => SpdyFrame.ParseHeader([0x80, 2, 0, 1, 0, 0, 0, 1]), Throws.TypeOf<SpdyException>());
    }

    private static byte[] Plain(params (string Name, string Value)[] headers)
    {
        using var result = new MemoryStream();
        Number(headers.Length);
        foreach (var (name, value) in headers)
        {
            Text(name);
            Text(value);
        }

        return result.ToArray();

        void Text(string text)
        {
            Number(text.Length);
            result.Write(Encoding.ASCII.GetBytes(text));
        }

        void Number(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            result.Write(bytes);
        }
    }
}
