using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Reads and writes the small files of a cgroup directory.</summary>
internal static class CgroupFile
{
    public static void Write(string directory, string file, string value) => FileCalls.WriteControl(Path.Combine(directory, file), value);

    public static void Write(string directory, string file, long value) =>
        Write(directory, file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a file that some kernels lack; any other error is thrown.</summary>
    public static void WriteIfPresent(string directory, string file, string value)
    {
        var errno = FileCalls.TryWriteControl(Path.Combine(directory, file), value);
        if (errno is not (0 or Errno.ENOENT or Errno.EACCES))
            throw new LinuxException(errno, "write", $"\"{value}\" to {Path.Combine(directory, file)}");
    }

    /// <returns>Null when the cgroup or the file is gone.</returns>
    public static string? TryRead(string directory, string file) =>
        FileCalls.TryReadAll(Path.Combine(directory, file)) is { } bytes ? Encoding.ASCII.GetString(bytes).Trim() : null;

    /// <summary>A file of one number; "max" and what is absent give <paramref name="otherwise"/>.</summary>
    public static long ReadNumber(string directory, string file, long otherwise = 0) =>
        long.TryParse(TryRead(directory, file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>The number behind a key in a file of "key number" lines.</summary>
    public static long Field(string? text, string key)
    {
        foreach (var line in (text ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key) && line.Length > key.Length && line[key.Length] == ' '
                && long.TryParse(line[(key.Length + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                return value;
        }

        return 0;
    }
}
