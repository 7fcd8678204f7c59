using System.Text.Json.Nodes;
using Orchestrator.Api.Patches;

namespace Orchestrator.Api.Tests.Patches;

/// <summary>Cases of RFC 6902's appendix A, and what it leaves to errors.</summary>
public sealed class JsonPatchTests
{
    [TestCase("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [TestCase("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [TestCase("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc"]}]""", """{"foo":["bar",["abc"]]}""")]
    [TestCase("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [TestCase("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [TestCase("""{"baz":"qux"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo"}""")]
    [TestCase("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"thud":"fred"}}""")]
    [TestCase("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [TestCase("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""")]
    [TestCase("""{"a/b":1,"m~n":2}""", """[{"op":"test","path":"/a~1b","value":1},{"op":"test","path":"/m~0n","value":2}]""", """{"a/b":1,"m~n":2}""")]
    [TestCase("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    public void Apply_Changes(string target, string patch, string expected) =>
        Assert.That(JsonPatch.Apply(JsonNode.Parse(target)!, JsonNode.Parse(patch)!.AsArray()).ToJsonString(), Is.EqualTo(expected));

    [TestCase("""[{"op":"test","path":"/a","value":2}]""", false)]
    [TestCase("""[{"op":"remove","path":"/b"}]""", false)]
    [TestCase("""[{"op":"replace","path":"/l/5","value":1}]""", false)]
    [TestCase("""[{"op":"add","path":"/l/9","value":1}]""", false)]
    [TestCase("""[{"op":"add","path":"/x/y","value":1}]""", false)]
    [TestCase("""[{"op":"frobnicate","path":"/a"}]""", true)]
    [TestCase("""[{"op":"add","path":"a","value":1}]""", true)]
    [TestCase("""[{"op":"add","path":"/a"}]""", true)]
    [TestCase("""[1]""", true)]
    public void Apply_Impossible_Throws(string patch, bool isMalformed) =>
        Assert.That(
            () => JsonPatch.Apply(JsonNode.Parse("""{"a":1,"l":[1]}""")!, JsonNode.Parse(patch)!.AsArray()),
            Throws.TypeOf<PatchException>().With.Property(nameof(PatchException.IsMalformed)).EqualTo(isMalformed));
}
