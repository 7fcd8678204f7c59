using System.Text.Json.Nodes;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Tests.Schema;

public sealed class SchemaDefaultsTests
{
    [Test]
    public void Apply_AbsentFields_AreSetWhereTheirObjectIsPresent()
    {
        var document = Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80}]}]}}}}""");

        SchemaDefaults.Apply(document, RecordSchema.Of(typeof(Deployment)));

        Assert.Multiple(() =>
        {
            Assert.That(document.LongAt("spec.replicas"), Is.EqualTo(1));
            Assert.That(document.LongAt("spec.progressDeadlineSeconds"), Is.EqualTo(600));
            Assert.That(document.StringAt("spec.template.spec.restartPolicy"), Is.EqualTo("Always"));
            Assert.That(document["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["protocol"]!.GetValue<string>(), Is.EqualTo("TCP"));
        });
    }

    [Test]
    public void Apply_ZeroThatWasGiven_IsKept()
    {
        var document = Parse("""{"spec":{"replicas":0}}""");

        SchemaDefaults.Apply(document, RecordSchema.Of(typeof(Deployment)));

        Assert.That(document.LongAt("spec.replicas"), Is.Zero);
    }

    [Test]
    public void Apply_EmptyText_CountsAsAbsent()
    {
        var document = Parse("""{"type":""}""");

        SchemaDefaults.Apply(document, RecordSchema.Of(typeof(Secret)));

        Assert.That(document.StringAt("type"), Is.EqualTo("Opaque"));
    }

    [Test]
    public void Apply_Twice_ChangesNothingMore()
    {
        var document = Parse("""{"spec":{"containers":[{"name":"a","readinessProbe":{"httpGet":{"port":80}}}],"volumes":[{"name":"v","secret":{}}]}}""");
        SchemaDefaults.Apply(document, RecordSchema.Of(typeof(Pod)));
        var once = document.ToJsonString();

        SchemaDefaults.Apply(document, RecordSchema.Of(typeof(Pod)));

        Assert.That(document.ToJsonString(), Is.EqualTo(once));
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
