using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Patches;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Tests.Patches;

public sealed class ApplyMergeTests
{
    private static readonly SchemaNode Pod = RecordSchema.Of(typeof(Pod));

    [TestCase(
        """{"spec":{"containers":[{"name":"a","image":"1","tty":true}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"2","tty":true}]}}""")]
    [TestCase(
        """{"spec":{"containers":[{"name":"x"},{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a"},{"name":"new"}]}}""",
        """{"spec":{"containers":[{"name":"x"},{"name":"b"},{"name":"a"},{"name":"new"}]}}""")]
    [TestCase("""{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"finalizers":["c"]}}""", """{"metadata":{"finalizers":["c","a","b"]}}""")]
    [TestCase("""{"spec":{"tolerations":[{"key":"a"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""")]
    [TestCase("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"b":"2"}}}""", """{"metadata":{"labels":{"a":"1","b":"2"}}}""")]
    public void Apply_Merges(string live, string configuration, string expected)
    {
        var document = Parse(live);

        ApplyMerge.Apply(document, Parse(configuration), Pod);

        Assert.That(document.ToJsonString(), Is.EqualTo(expected));
    }

    [Test]
    public void Remove_NamedItemsAndFields_Go()
    {
        var document = Parse("""{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","image":"1","tty":true},{"name":"b"}]}}""");
        var gone = FieldSet.Parse(Parse(
            """{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{"f:tty":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{}}}}}"""));

        ApplyMerge.Remove(document, gone, Pod);

        Assert.That(document.ToJsonString(), Is.EqualTo("""{"metadata":{"labels":{"b":"2"}},"spec":{"containers":[{"name":"a","image":"1"}]}}"""));
    }

    [Test]
    public void Of_Document_HasKubernetesForm()
    {
        var fields = FieldSets.Of(Parse("""{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80}],"command":["x"]}]}}"""), Pod);

        Assert.That(JsonNode.DeepEquals(fields.ToJson(), Parse(
            """{"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:command":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}""")));
    }

    [Test]
    public void Compare_ChangedAddedAndRemoved_AreToldApart()
    {
        var (set, removed) = FieldSets.Compare(
            Parse("""{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","image":"1"},{"name":"b"}]}}"""),
            Parse("""{"metadata":{"labels":{"a":"9"}},"spec":{"containers":[{"name":"a","image":"2"},{"name":"c"}]}}"""), Pod);

        Assert.Multiple(() =>
        {
            Assert.That(set.Paths(), Is.EqualTo(new[]
            {
                ".metadata.labels.a", ".spec.containers[name=\"a\"].image", ".spec.containers[name=\"c\"]", ".spec.containers[name=\"c\"].name",
            }));
            Assert.That(removed.Paths(), Is.EqualTo(new[] { ".metadata.labels.b", ".spec.containers[name=\"b\"]", ".spec.containers[name=\"b\"].name" }));
        });
    }

    [Test]
    public void FieldSet_ParseAndWrite_RoundTrips()
    {
        const string json = """{"f:a":{".":{},"f:b":{},"v:\"x\"":{}},"f:c":{"k:{\"name\":\"n\"}":{".":{},"f:d":{}}}}""";

        Assert.That(FieldSet.Parse(Parse(json)).ToJson().ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), Is.EqualTo(json));
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
