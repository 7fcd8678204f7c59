using System.Globalization;
using System.Text;

namespace Orchestrator.Linux.Procfs;

/// <summary>A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="PropagationTags">"shared:N", "master:N" and the like, empty for a private mount.</param>
public sealed record MountInfo(
    int Id, int ParentId, string Root, string MountPoint, string Options, IReadOnlyList<string> PropagationTags, string FilesystemType,
    string Source, string SuperOptions)
{
    /// <summary>Reads all lines; those that are cut off or malformed are left out.</summary>
    public static IReadOnlyList<MountInfo> Parse(string text)
    {
        var mounts = new List<MountInfo>();
        foreach (var line in text.Split('\n'))
        {
            if (ParseLine(line) is { } mount)
                mounts.Add(mount);
        }

        return mounts;
    }

    private static MountInfo? ParseLine(string line)
    {
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-");
        if (separator < 6 || fields.Length < separator + 4
            || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parentId))
            return null;
        return new MountInfo(
            id, parentId, Unescape(fields[3]), Unescape(fields[4]), fields[5], fields[6..separator], fields[separator + 1],
            Unescape(fields[separator + 2]), fields[separator + 3]);
    }

    // Space, tab, newline and backslash are written as \ and three octal digits.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var result = new StringBuilder(field.Length);
        for (var index = 0; index < field.Length; index++)
        {
            if (field[index] == '\\' && index + 3 < field.Length && IsOctal(field.AsSpan(index + 1, 3)))
            {
                result.Append((char)(((field[index + 1] - '0') * 64) + ((field[index + 2] - '0') * 8) + (field[index + 3] - '0')));
                index += 3;
            }
            else
            {
                result.Append(field[index]);
            }
        }

        return result.ToString();
    }

    private static bool IsOctal(ReadOnlySpan<char> digits) => digits.IndexOfAnyExceptInRange('0', '7') < 0;
}
