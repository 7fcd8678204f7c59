using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Kubelet.Nodes;

/// <summary>What a node reports of the machine it is on. Read once at start.</summary>
internal sealed record MachineFacts
{
    public required long CpuMillis { get; init; }
    public required long MemoryBytes { get; init; }
    public string MachineId { get; init; } = "";
    public string SystemUuid { get; init; } = "";
    public string BootId { get; init; } = "";
    public string KernelVersion { get; init; } = "";
    public string OsImage { get; init; } = "Linux";

    /// <summary>Architecture by Go's names, which the API uses.</summary>
    public string Architecture { get; init; } = "amd64";

    public static MachineFacts Read() => new()
    {
        CpuMillis = Environment.ProcessorCount * 1000L,
        MemoryBytes = ParseMemTotal(ReadText("/proc/meminfo")),
        MachineId = ReadText("/etc/machine-id").Trim(),
        SystemUuid = ReadText("/sys/class/dmi/id/product_uuid").Trim(),
        BootId = ReadText("/proc/sys/kernel/random/boot_id").Trim(),
        KernelVersion = ReadText("/proc/sys/kernel/osrelease").Trim(),
        OsImage = ParsePrettyName(ReadText("/etc/os-release")),
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        },
    };

    /// <summary>The line "MemTotal:  16384 kB" of proc_meminfo(5), in bytes.</summary>
    internal static long ParseMemTotal(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["MemTotal:", var kilobytes, ..] && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return value * 1024;
        }

        return 0;
    }

    /// <summary>PRETTY_NAME of os-release(5).</summary>
    internal static string ParsePrettyName(string text)
    {
        const string key = "PRETTY_NAME=";
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return line[key.Length..].Trim().Trim('"');
        }

        return "Linux";
    }

    /// <summary>Empty when the file is not there or not for us: machines differ in what they tell.</summary>
    private static string ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
