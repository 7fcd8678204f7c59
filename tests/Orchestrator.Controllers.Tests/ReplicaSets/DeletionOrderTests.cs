using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.ReplicaSets;
using Orchestrator.Controllers.Tests.Machinery;

namespace Orchestrator.Controllers.Tests.ReplicaSets;

public sealed class DeletionOrderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private static IEnumerable<TestCaseData> Pairs()
    {
        var keep = Objects.Pod("keep", readySince: Now.AddHours(-1), created: Now.AddHours(-1));
        yield return Pair("unassigned", Objects.Pod("go", node: null, readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("pending", Objects.Pod("go", phase: "Pending", readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("not ready", Objects.Pod("go", ready: false, readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("cheaper", Objects.Pod("go", cost: "-5", readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("on a fuller node", Objects.Pod("go", node: "n2", readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("ready for less", Objects.Pod("go", readySince: Now.AddMinutes(-1), created: Now.AddHours(-1)));
        yield return Pair("restarted", Objects.Pod("go", restarts: 3, readySince: Now.AddHours(-1), created: Now.AddHours(-1)));
        yield return Pair("younger", Objects.Pod("go", readySince: Now.AddHours(-1), created: Now.AddMinutes(-1)));

        TestCaseData Pair(string name, Pod go) => new TestCaseData(go, keep).SetName($"Sort_OneIs_{name.Replace(' ', '_')}_GoesFirst");
    }

    [TestCaseSource(nameof(Pairs))]
    public void Sort(Pod go, Pod keep)
    {
        var pods = new List<Pod> { keep, go };
        pods.Sort(new DeletionOrder(new Dictionary<string, int> { ["n1"] = 1, ["n2"] = 2 }, Now));
        Assert.That(pods[0].Metadata.Name, Is.EqualTo("go"));
    }

    [Test]
    public void Sort_AgesOfOneMagnitude_FallBackToTheUid()
    {
        var pods = new List<Pod>
        {
            Objects.Pod("b", readySince: Now.AddSeconds(-3600), created: Now.AddSeconds(-3600)),
            Objects.Pod("a", readySince: Now.AddSeconds(-3000), created: Now.AddSeconds(-3000)),
        };
        pods.Sort(new DeletionOrder(new Dictionary<string, int>(), Now));
        Assert.That(pods[0].Metadata.Name, Is.EqualTo("a"));
    }
}
