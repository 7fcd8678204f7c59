using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>Create, start, exit and delete of /bin/true with all isolation on, by the node's own container tool.</summary>
internal static class ContainerRun
{
    private const int Rounds = 50;

    public static void Run(OrcProgram orc)
    {
        var output = orc.Run("ctr", "bench", "--data-dir", orc.DataDirectory, "--rounds", Rounds.ToString(CultureInfo.InvariantCulture), "orc.dev/demo:1", "/bin/true");
        var durations = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => TimeSpan.FromMilliseconds(double.Parse(line, CultureInfo.InvariantCulture)))
            .ToList();
        Figures.PrintDurations("container create+start+exit+delete, /bin/true", durations);
    }
}
