namespace Orchestrator.ApiServer.Tables;

/// <summary>Durations in kubectl's short form: two units at most, the finer one only while it matters.</summary>
public static class HumanDuration
{
    /// <summary>"&lt;unknown&gt;" when the time is not set.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now) => time is { } then ? Format(now - then) : "<unknown>";

    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1)
            return "<invalid>";
        if (seconds < 0)
            return "0s";
        if (seconds < 120)
            return $"{seconds}s";

        var minutes = seconds / 60;
        if (minutes < 10)
            return Pair(minutes, "m", seconds % 60, "s");
        if (minutes < 180)
            return $"{minutes}m";

        var hours = minutes / 60;
        if (hours < 8)
            return Pair(hours, "h", minutes % 60, "m");
        if (hours < 48)
            return $"{hours}h";
        if (hours < 24 * 8)
            return Pair(hours / 24, "d", hours % 24, "h");
        if (hours < 24 * 365 * 2)
            return $"{hours / 24}d";
        if (hours < 24 * 365 * 8)
            return Pair(hours / 24 / 365, "y", hours / 24 % 365, "d");
        return $"{hours / 24 / 365}y";
    }

    private static string Pair(long coarse, string coarseUnit, long fine, string fineUnit) =>
        fine == 0 ? $"{coarse}{coarseUnit}" : $"{coarse}{coarseUnit}{fine}{fineUnit}";
}
