using System.Globalization;
using Orchestrator.Api.Lab.V1Alpha1;

namespace Orchestrator.Cli.Output;

/// <summary>A scheduling trace for people: one line that says how it ended, and a table of nodes and plugins.</summary>
internal static class SchedulingTraceText
{
    public static void Write(TextWriter writer, SchedulingTrace trace)
    {
        var outcome = trace.SelectedNode is { } node ? $"was given {node}" : "was given no node";
        writer.WriteLine($"{trace.Metadata.Namespace}/{trace.Metadata.Name} {outcome}: attempt {trace.Attempt}, {Duration(trace.Microseconds)}, at {trace.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        if (trace.Message is { } message)
            writer.WriteLine(message);
        if (trace.Refusal is { } refusal)
            writer.WriteLine($"Refused by {refusal.Plugin} before any node was looked at: {refusal.Reason}");
        var plugins = trace.Plugins ?? [];
        var ratings = trace.Ratings ?? [];
        var refusals = trace.Refusals ?? [];
        if (ratings.Count == 0 && refusals.Count == 0)
            return;
        writer.WriteLine();
        string[] scores = ratings.Count == 0 ? [] : ["TOTAL", .. plugins.Select(Heading)];
        TextTable.Write(
            writer, ["NODE", .. scores, "VERDICT"],
            [.. ratings.Select(rating => Row(trace, rating)), .. refusals.SelectMany(group => Rows(group, scores.Length))]);
        WriteOmissions(writer, trace, ratings.Count, refusals.Sum(group => group.Count));
    }

    private static string Heading(RatingPlugin plugin) => plugin.Weight == 1 ? plugin.Name : $"{plugin.Name}*{plugin.Weight}";

    private static string[] Row(SchedulingTrace trace, NodeRating rating) =>
        [rating.Node, Text(rating.Total), .. rating.Scores.Select(Text), rating.Node == trace.SelectedNode ? "chosen" : "suitable"];

    private static IEnumerable<string[]> Rows(NodeRefusals group, int scoreColumns)
    {
        string[] rest = [.. Enumerable.Repeat("-", scoreColumns), $"{group.Plugin}: {group.Reason}"];
        foreach (var node in group.Nodes ?? [])
            yield return [node, .. rest];
        var more = group.Count - (group.Nodes?.Count ?? 0);
        if (more > 0)
            yield return [$"({more} more)", .. rest];
    }

    private static void WriteOmissions(TextWriter writer, SchedulingTrace trace, int ratings, int refused)
    {
        if (trace.RatingsOmitted is { } omitted)
            writer.WriteLine($"{omitted} more nodes were suitable, none rated better.");
        var unseen = trace.Nodes - ratings - refused - (trace.RatingsOmitted ?? 0);
        if (unseen > 0)
            writer.WriteLine($"{unseen} of {trace.Nodes} nodes are not listed, most of them because enough suitable ones had been found.");
    }

    private static string Duration(long microseconds) => microseconds < 1000
        ? $"{microseconds} us"
        : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000.0:0.0} ms");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
