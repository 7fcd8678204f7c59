using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Reads cgroup.procs.</summary>
internal static class ProcessList
{
    public static IReadOnlyList<int> Read(string file)
    {
        var processes = new List<int>();
        foreach (var line in Encoding.ASCII.GetString(FileCalls.TryReadAll(file) ?? []).Split('\n'))
        {
            // 0 stands for a process outside this PID namespace.
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var processId) && processId > 0)
                processes.Add(processId);
        }

        return processes;
    }
}
