using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Benchmarks;

/// <summary>orc up, from the command to its return (all nodes Ready, DNS answers), images present: a new lab each time; and how far it was when.</summary>
internal static partial class LabStart
{
    private const int Rounds = 5;

    public static void Run(OrcProgram orc)
    {
        foreach (var nodes in (int[])[1, 3])
        {
            var durations = new List<TimeSpan>();
            var stages = new Stages();
            for (var round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                var progress = orc.Up(nodes);
                durations.Add(watch.Elapsed);
                foreach (var (stage, at) in StagesOf(progress))
                    stages.Add(stage, at);
                orc.Down();
                Directory.Delete(Path.Combine(orc.DataDirectory, "labs"), recursive: true);
            }

            Figures.PrintDurations($"lab start, {nodes} node{(nodes == 1 ? "" : "s")}", durations);
            stages.Print();
        }
    }

    private static Dictionary<string, TimeSpan> StagesOf(string progress)
    {
        var stages = new Dictionary<string, TimeSpan>();
        foreach (Match line in ProgressLine().Matches(progress))
        {
            var at = TimeSpan.FromSeconds(double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture));
            // The last node to be Ready is the one that counts.
            stages[line.Groups[2].Value is var what && what.EndsWith(" Ready", StringComparison.Ordinal) ? "last node Ready" : what.Split(" at ")[0]] = at;
        }

        return stages;
    }

    [GeneratedRegex(@"^\s*([0-9.]+) s  (.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex ProgressLine();
}
