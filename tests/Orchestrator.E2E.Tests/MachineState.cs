namespace Orchestrator.E2E.Tests;

/// <summary>What a lab could leave behind on the machine.</summary>
internal sealed record MachineState(IReadOnlySet<string> Traces)
{
    public static MachineState Take()
    {
        var traces = new HashSet<string>();
        Add(traces, "netns", Command.Run("ip", ["netns", "list"]).Output.Split('\n').Select(line => line.Split(' ')[0]));
        Add(traces, "link", Command.Run("ip", ["-o", "link"]).Output.Split('\n').Select(line => line.Split(':', '@').ElementAtOrDefault(1)?.Trim() ?? ""));
        Add(traces, "route", Command.Run("ip", ["route"]).Output.Split('\n').Select(line => line.Trim()));
        Add(traces, "nft", Command.Run("nft", ["list", "tables"]).Output.Split('\n'));
        Add(traces, "mount", File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(point => point.Contains("orc")));
        Add(traces, "loop device", Command.Run("losetup", ["--noheadings", "--output", "NAME,BACK-FILE"]).Output.Split('\n').Where(line => line.Contains("orc")));
        Add(traces, "cgroup", Directory.EnumerateDirectories("/sys/fs/cgroup", "orc*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }));
        Add(traces, "process", OrcProcesses());
        Add(traces, "run", Directory.Exists("/run/orchestrator") ? Directory.EnumerateFileSystemEntries("/run/orchestrator") : []);
        Add(traces, "forwarding", [File.ReadAllText("/proc/sys/net/ipv4/ip_forward").Trim()]);
        return new MachineState(traces);
    }

    public IReadOnlyList<string> LeftSince(MachineState before) => [.. Traces.Except(before.Traces)];

    private static void Add(HashSet<string> traces, string kind, IEnumerable<string> values) =>
        traces.UnionWith(values.Where(value => value.Length > 0).Select(value => $"{kind} {value}"));

    private static IEnumerable<string> OrcProcesses()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string? program;
            try
            {
                program = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0')[0];
            }
            catch (IOException)
            {
                continue; // It ended meanwhile.
            }

            if (Path.GetFileName(program) is "orc" or "orc-shim")
                yield return $"{Path.GetFileName(directory)} {program}";
        }
    }
}
