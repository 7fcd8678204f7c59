using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Patches;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Tests.Patches;

public sealed class StrategicMergePatchTests
{
    [TestCase(
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"2"},{"name":"c","image":"3"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"},{"name":"c","image":"3"}]}}""", TestName = "ListByKey_MergesItems")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b"}]}}""", TestName = "ListByKey_DeletesItem")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""", TestName = "ListByKey_ReplacesWhole")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"x"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a","image":"2"},{"name":"x"}]}}""", TestName = "SetElementOrder_OrdersNamedItems")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}""", TestName = "SetElementOrder_AloneReorders")]
    [TestCase(
        """{"metadata":{"finalizers":["a","b"]}}""",
        """{"metadata":{"finalizers":["c","a"]}}""",
        """{"metadata":{"finalizers":["a","b","c"]}}""", TestName = "ListOfScalars_AddsWhatIsNew")]
    [TestCase(
        """{"metadata":{"finalizers":["a","b"]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}""",
        """{"metadata":{"finalizers":["b"]}}""", TestName = "DeleteFromPrimitiveList_Removes")]
    [TestCase(
        """{"spec":{"tolerations":[{"key":"a"}]}}""",
        """{"spec":{"tolerations":[{"key":"b"}]}}""",
        """{"spec":{"tolerations":[{"key":"b"}]}}""", TestName = "AtomicList_IsReplaced")]
    [TestCase(
        """{"metadata":{"labels":{"a":"1","b":"2"}}}""",
        """{"metadata":{"labels":{"a":null,"c":"3"}}}""",
        """{"metadata":{"labels":{"b":"2","c":"3"}}}""", TestName = "Null_RemovesMember")]
    [TestCase(
        """{"metadata":{"labels":{"a":"1"}}}""",
        """{"metadata":{"labels":{"$patch":"replace","c":"3"}}}""",
        """{"metadata":{"labels":{"c":"3"}}}""", TestName = "Replace_OfMap")]
    [TestCase(
        """{"spec":{"securityContext":{"runAsUser":1}}}""",
        """{"spec":{"securityContext":{"$patch":"delete"}}}""",
        """{"spec":{}}""", TestName = "Delete_OfMap")]
    [TestCase(
        """{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}""", TestName = "RetainKeys_DropsOtherVolumeSource")]
    public void Apply_ToPod(string target, string patch, string expected)
    {
        var document = Parse(target);

        StrategicMergePatch.Apply(document, Parse(patch), RecordSchema.Of(typeof(Pod)));

        Assert.That(document.ToJsonString(), Is.EqualTo(expected));
    }

    [Test]
    public void Apply_RetainKeysOfStruct_DropsRollingUpdateWhenRecreating()
    {
        var document = Parse("""{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}""");

        StrategicMergePatch.Apply(document, Parse("""{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}"""), RecordSchema.Of(typeof(Deployment)));

        Assert.That(document.ToJsonString(), Is.EqualTo("""{"spec":{"strategy":{"type":"Recreate"}}}"""));
    }

    [TestCase("""{"spec":{"containers":[{"image":"x"}]}}""")]
    [TestCase("""{"spec":{"$patch":"explode"}}""")]
    public void Apply_MalformedPatch_Throws(string patch) =>
        Assert.That(
            () => StrategicMergePatch.Apply(Parse("""{"spec":{"containers":[{"name":"a"}]}}"""), Parse(patch), RecordSchema.Of(typeof(Pod))),
            Throws.TypeOf<PatchException>());

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
