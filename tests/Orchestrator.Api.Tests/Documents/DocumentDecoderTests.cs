using System.Text;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Tests.Documents;

public sealed class DocumentDecoderTests
{
    [Test]
    public void Decode_UnknownFields_NamesEachWithItsPathAndDropsIt()
    {
        var decoded = Decode<Deployment>("""{"spec":{"foo":1,"template":{"spec":{"containers":[{"name":"a"},{"name":"b","bar":{"x":1}}]}}},"baz":[1]}""");

        Assert.That(decoded.StrictMessage, Is.EqualTo(
            "strict decoding error: unknown field \"spec.foo\", unknown field \"spec.template.spec.containers[1].bar\", unknown field \"baz\""));
        Assert.That(decoded.Document.ToJsonString(), Is.EqualTo("""{"spec":{"template":{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}}}"""));
    }

    [Test]
    public void Decode_DuplicateField_ReportsItAndKeepsTheLast()
    {
        var decoded = Decode<Deployment>("""{"spec":{"replicas":1,"replicas":2}}""");

        Assert.That(decoded.StrictErrors, Is.EqualTo(new[] { "duplicate field \"spec.replicas\"" }));
        Assert.That(decoded.Document["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [TestCase("""{"spec":{"replicas":"3"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [TestCase("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [TestCase("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [TestCase("""{"metadata":{"labels":{"a":1}}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string")]
    [TestCase("""{"spec":{"template":{"spec":{"containers":{}}}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [TestCase("""{"spec":{"template":{"spec":{"containers":[{"name":1}]}}}}""", "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string")]
    public void Decode_WrongType_SaysSoInKubernetesWords(string json, string message) =>
        Assert.That(() => Decode<Deployment>(json), Throws.TypeOf<DocumentException>().With.Message.EqualTo(message));

    [Test]
    public void Decode_NullsAndEmptyCollections_AreLeftOut()
    {
        var decoded = Decode<Pod>("""{"metadata":{"name":"a","labels":{},"creationTimestamp":null},"spec":{"containers":[],"volumes":[{"name":"v","emptyDir":{}}]}}""");

        Assert.That(decoded.Document.ToJsonString(), Is.EqualTo("""{"metadata":{"name":"a"},"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"""));
    }

    [Test]
    public void Decode_KindAndMetadata_ComeFirst()
    {
        var decoded = Decode<ConfigMap>("""{"data":{"a":"b"},"metadata":{"name":"x"},"apiVersion":"v1","kind":"ConfigMap"}""");

        Assert.That(decoded.Document.Select(member => member.Key), Is.EqualTo(new[] { "kind", "apiVersion", "metadata", "data" }));
    }

    [Test]
    public void Decode_ScalarsWithSeveralSpellings_BecomeCanonical()
    {
        var decoded = Decode<Pod>(
            """{"metadata":{"creationTimestamp":"2026-01-31T09:00:00+01:00"},"spec":{"containers":[{"resources":{"limits":{"cpu":0.5,"memory":"1024Mi"}}}]}}""");

        Assert.That(decoded.Document.StringAt("metadata.creationTimestamp"), Is.EqualTo("2026-01-31T08:00:00Z"));
        var limits = decoded.Document["spec"]!["containers"]![0]!["resources"]!["limits"]!;
        Assert.That(limits.ToJsonString(), Is.EqualTo("""{"cpu":"500m","memory":"1Gi"}"""));
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{} {}")]
    [TestCase("")]
    [TestCase("""{"metadata":{"name":"\ud800"}}""")]
    [TestCase("""{"data":{"k":"@@"}}""")]
    public void Decode_NotAnObjectOfTheKind_Throws(string json) =>
        Assert.That(() => Decode<Secret>(json), Throws.TypeOf<DocumentException>());

    [Test]
    public void Decode_TooDeep_Throws()
    {
        var json = """{"spec":{"a":""" + new string('[', 200) + new string(']', 200) + "}}";

        Assert.That(() => Decode<Pod>(json), Throws.TypeOf<DocumentException>());
    }

    [Test]
    public void Encode_DecodedDocument_GivesTheSameJson()
    {
        const string json = """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":{"a":"<é\n\"\u0001>"}}""";

        Assert.That(Encoding.UTF8.GetString(DocumentJson.Encode(Decode<ConfigMap>(json).Document)), Is.EqualTo(json));
    }

    private static DecodedDocument Decode<T>(string json) => DocumentDecoder.Decode(Encoding.UTF8.GetBytes(json), RecordSchema.Of(typeof(T)));
}
