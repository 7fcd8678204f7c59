using Orchestrator.Api;
using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Scheduler.Tests.Tracing;

public sealed class TraceDocumentTests
{
    [Test]
    public void Of_ASmallCluster_IsComplete()
    {
        var document = TraceDocument.Of(Trace(
            [new("n3", "NodeResourcesFit", "Insufficient cpu")], [new ScoreColumn("Fit", 2)], [new("n1", 20, [10]), new("n2", 60, [30])], selected: "n2"));

        Assert.That(document.Metadata.Name, Is.EqualTo("web"));
        Assert.That(document.Ratings!.Select(rating => (rating.Node, rating.Total)), Is.EqualTo(new[] { ("n2", 60L), ("n1", 20L) }));
        Assert.That(document.Plugins!.Select(plugin => (plugin.Name, plugin.Weight)), Is.EqualTo(new[] { ("Fit", 2) }));
        Assert.That(document.Refusals!.Single(), Has.Property("Count").EqualTo(1).And.Property("Nodes").EqualTo(new[] { "n3" }));
        Assert.That(document.RatingsOmitted, Is.Null);
    }

    [Test]
    public void Of_ALargeCluster_IsBoundedCountsAllAndHasTheChosenNode()
    {
        var scores = Enumerable.Range(0, 1000).Select(number => new NodeScores($"n{number:0000}", 50, [50])).ToArray();
        var rejections = Enumerable.Range(0, 4000).Select(number => new NodeRejection($"r{number:0000}", "TaintToleration", number % 2 == 0 ? "even" : "odd")).ToArray();

        var document = TraceDocument.Of(Trace(rejections, [new ScoreColumn("Fit", 1)], scores, selected: "n0999"));

        Assert.That(document.Ratings, Has.Count.EqualTo(TraceDocument.MaxRatings));
        Assert.That(document.Ratings![0].Node, Is.EqualTo("n0999"), "among equals the chosen one is listed");
        Assert.That(document.RatingsOmitted, Is.EqualTo(1000 - TraceDocument.MaxRatings));
        Assert.That(document.Refusals!.Select(group => (group.Reason, group.Count, group.Nodes!.Count)), Is.EqualTo(new[] { ("even", 2000, 16), ("odd", 2000, 16) }));
    }

    private static PlacementTrace Trace(NodeRejection[] rejections, ScoreColumn[] columns, NodeScores[] scores, string? selected) => new(
        new ObjectKey("default", "web"), "uid", 1, DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1), rejections.Length + scores.Length, selected, "", null, rejections, columns, scores);
}
