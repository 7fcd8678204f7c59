using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Documents.Protobuf;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Tests.Documents;

public sealed class ProtoDecoderTests
{
    /// <summary>The form of what kubectl sends for "kubectl create configmap b --from-literal=a=b".</summary>
    private static readonly byte[] ConfigMapBody =
    [
        0x6B, 0x38, 0x73, 0x00, // magic
        0x0A, 0x0F, 0x0A, 0x02, 0x76, 0x31, 0x12, 0x09, 0x43, 0x6F, 0x6E, 0x66, 0x69, 0x67, 0x4D, 0x61, 0x70, // v1 ConfigMap
        0x12, 0x1D, // raw
        0x0A, 0x13, 0x0A, 0x01, 0x62, 0x12, 0x00, 0x1A, 0x00, 0x22, 0x00, 0x2A, 0x00, 0x32, 0x00, 0x38, 0x00, 0x42, 0x00, 0x1A, 0x00, // metadata
        0x12, 0x06, 0x0A, 0x01, 0x61, 0x12, 0x01, 0x62, // data
        0x1A, 0x00, 0x22, 0x00,
    ];

    [Test]
    public void Decode_ConfigMap_GivesItsDocumentWithoutZeros()
    {
        var document = ProtoDecoder.Decode(ConfigMapBody, RecordSchema.Of(typeof(ConfigMap)));

        Assert.That(document.ToJsonString(), Is.EqualTo("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"b"},"data":{"a":"b"}}"""));
    }

    [Test]
    public void Decode_EveryTruncation_IsRefusedOrDecoded()
    {
        for (var length = 0; length < ConfigMapBody.Length; length++)
        {
            try
            {
                ProtoDecoder.Decode(ConfigMapBody.AsSpan(0, length), RecordSchema.Of(typeof(ConfigMap)));
            }
            catch (DocumentException)
            {
                // The only failure there may be.
            }
        }
    }

    [Test]
    public void Decode_RandomBytes_NeverFailOtherwise()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var body = (byte[])ConfigMapBody.Clone();
            for (var change = 0; change < 4; change++)
                body[random.Next(4, body.Length)] = (byte)random.Next(256);
            try
            {
                ProtoDecoder.Decode(body, RecordSchema.Of(typeof(Pod)));
            }
            catch (DocumentException)
            {
                // The only failure there may be.
            }
        }
    }
}
