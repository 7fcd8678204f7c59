namespace Orchestrator.Benchmarks;

/// <summary>What a process has had written to the disk. Source: proc(5), /proc/PID/io.</summary>
internal static class DiskWrites
{
    /// <summary>
    /// In bytes, of pages and not of calls. What waits in a log to be copied is counted once so far: 16 MB at most, which is little of
    /// what these measurements write.
    /// </summary>
    public static long Of(int processId) =>
        long.Parse(File.ReadLines($"/proc/{processId}/io").First(line => line.StartsWith("write_bytes", StringComparison.Ordinal)).Split(' ')[1]);
}
