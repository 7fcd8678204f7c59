using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>orc up, from the command to its return (all nodes Ready, DNS answers), images present: a new lab each time.</summary>
internal static class LabStart
{
    private const int Rounds = 5;

    public static void Run(OrcProgram orc)
    {
        foreach (var nodes in (int[])[1, 3])
        {
            var durations = new List<TimeSpan>();
            for (var round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                orc.Up(nodes);
                durations.Add(watch.Elapsed);
                orc.Down();
                Directory.Delete(Path.Combine(orc.DataDirectory, "labs"), recursive: true);
            }

            Figures.PrintDurations($"lab start, {nodes} node{(nodes == 1 ? "" : "s")}", durations);
        }
    }
}
