namespace Orchestrator.Benchmarks;

/// <summary>Prints figures in one form.</summary>
internal static class Figures
{
    public static void Print(string what, string figure) => Console.Out.WriteLine($"{what,-52} {figure}");

    /// <summary>Median, 99th percentile and extremes of durations. Of fewer than a hundred, the 99th percentile would be the slowest.</summary>
    public static void PrintDurations(string what, List<TimeSpan> durations)
    {
        durations.Sort();
        var tail = durations.Count < 100 ? "" : $"  p99 {At(0.99)}";
        Print(what, $"p50 {At(0.5)}{tail}  min {Text(durations[0])}  max {Text(durations[^1])}  (n={durations.Count})");

        string At(double share) => Text(durations[Math.Min(durations.Count - 1, (int)(durations.Count * share))]);
    }

    public static string Text(TimeSpan duration) =>
        duration.TotalSeconds >= 1 ? $"{duration.TotalSeconds:0.00} s" : duration.TotalMilliseconds >= 10 ? $"{duration.TotalMilliseconds:0} ms" : $"{duration.TotalMilliseconds:0.0} ms";
}

/// <summary>Where the time goes: when each stage of repeated work was reached, counted from its start.</summary>
internal sealed class Stages
{
    private readonly List<(string Name, List<TimeSpan> At)> stages = [];

    public void Add(string stage, TimeSpan at)
    {
        var index = stages.FindIndex(known => known.Name == stage);
        if (index >= 0)
            stages[index].At.Add(at);
        else
            stages.Add((stage, [at]));
    }

    public void Print()
    {
        foreach (var (name, at) in stages)
            Figures.PrintDurations($"  until {name}", at);
    }
}
