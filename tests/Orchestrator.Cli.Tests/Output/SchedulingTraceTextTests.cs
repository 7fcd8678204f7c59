using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Tests.Output;

internal sealed class SchedulingTraceTextTests
{
    private static readonly SchedulingTrace Empty = new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" }, Attempt = 2, Microseconds = 1234, Nodes = 3, Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    [Test]
    public void PlacedPod_ShowsScoresAndRefusals() => Assert.That(Text(Empty with
    {
        SelectedNode = "node2",
        Plugins = [new() { Name = "Fit", Weight = 1 }, new() { Name = "Spread", Weight = 2 }],
        Ratings = [new() { Node = "node2", Total = 290, Scores = [90, 100] }, new() { Node = "node1", Total = 90, Scores = [90, 0] }],
        Refusals = [new() { Plugin = "TaintToleration", Reason = "node(s) had untolerated taint", Count = 1, Nodes = ["node3"] }],
    }), Is.EqualTo("""
        default/web was given node2: attempt 2, 1.2 ms, at 2026-01-02 03:04:05Z

        NODE    TOTAL   Fit   Spread*2   VERDICT
        node2   290     90    100        chosen
        node1   90      90    0          suitable
        node3   -       -     -          TaintToleration: node(s) had untolerated taint

        """));

    [Test]
    public void PendingPod_ShowsWhyNoNodeTakesIt() => Assert.That(Text(Empty with
    {
        Message = "0/20 nodes are available: 20 Insufficient cpu.",
        Nodes = 20,
        Microseconds = 80,
        Refusals = [new() { Plugin = "NodeResourcesFit", Reason = "Insufficient cpu", Count = 20, Nodes = ["a", "b"] }],
    }), Is.EqualTo("""
        default/web was given no node: attempt 2, 80 us, at 2026-01-02 03:04:05Z
        0/20 nodes are available: 20 Insufficient cpu.

        NODE        VERDICT
        a           NodeResourcesFit: Insufficient cpu
        b           NodeResourcesFit: Insufficient cpu
        (18 more)   NodeResourcesFit: Insufficient cpu

        """));

    [Test]
    public void PodRefusedAsAWhole_NamesThePlugin() => Assert.That(
        Text(Empty with { Refusal = new() { Plugin = "VolumeBinding", Reason = "persistentvolumeclaim \"data\" not found" } }),
        Does.EndWith("Refused by VolumeBinding before any node was looked at: persistentvolumeclaim \"data\" not found\n"));

    private static string Text(SchedulingTrace trace)
    {
        var writer = new StringWriter { NewLine = "\n" };
        SchedulingTraceText.Write(writer, trace);
        return writer.ToString();
    }
}
