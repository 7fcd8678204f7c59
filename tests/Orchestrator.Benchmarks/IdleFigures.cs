using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>Memory (PSS) of each process of the lab, and the CPU they use while nothing happens.</summary>
internal static class IdleFigures
{
    /// <summary>After a start the runtime compiles hot code again for some seconds; that is no idling.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(20);
    private const double TicksPerSecond = 100;

    public static async Task PrintAsync(OrcProgram orc, string state)
    {
        await Task.Delay(Settle);
        var processes = LabProcesses(orc);
        var before = processes.ToDictionary(process => process.Pid, process => CpuTicks(process.Pid));
        var watch = Stopwatch.StartNew();
        await Task.Delay(Sample);
        var busy = processes.Sum(process => CpuTicks(process.Pid) - before[process.Pid]) / TicksPerSecond / watch.Elapsed.TotalSeconds;
        foreach (var (name, pids) in processes.GroupBy(process => process.Name).Select(group => (group.Key, group.Select(process => process.Pid).ToList())))
        {
            var pss = pids.Select(PssMegabytes).Order().ToList();
            Figures.Print($"memory (PSS), {state}: {name}", pids.Count == 1 ? $"{pss[0]:0.0} MB" : $"{pss[pss.Count / 2]:0.0} MB each, {pss.Sum():0} MB in all ({pids.Count})");
        }

        Figures.Print($"idle CPU, {state}", $"{busy * 100:0.0} % of a core");
    }

    private static List<(int Pid, string Name)> LabProcesses(OrcProgram orc)
    {
        var found = new List<(int, string)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string[] words;
            try
            {
                words = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0');
            }
            catch (IOException)
            {
                continue; // It ended meanwhile.
            }

            var pid = int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);
            var program = Path.GetFileName(words[0]);
            if (program == "orc-shim")
                found.Add((pid, "orc-shim"));
            else if (program == "orc" && words.Length > 1 && words[1] is "control-plane" or "node" && words.Any(word => word.StartsWith(orc.WorkDirectory, StringComparison.Ordinal)))
                found.Add((pid, words[1] == "node" ? "node agent" : "control plane"));
        }

        return found;
    }

    private static double PssMegabytes(int pid) =>
        File.ReadLines($"/proc/{pid}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] is var kilobytes
            ? long.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024.0
            : 0;

    private static long CpuTicks(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
