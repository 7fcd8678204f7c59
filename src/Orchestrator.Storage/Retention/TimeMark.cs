using System.Globalization;
using System.Text;

namespace Orchestrator.Storage.Retention;

/// <summary>A note in the store itself: at this time, the store stood at this revision.</summary>
/// <remarks>
/// Stored under <see cref="Prefix"/> and the time in seconds since 1970 (12 digits, so that they are in order); the value is the
/// revision in digits. The names are frozen: they lie on disk.
/// </remarks>
public sealed record TimeMark(DateTimeOffset Time, long Revision)
{
    public const string Prefix = "/history/marks/";

    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    internal string Key => Prefix + Time.ToUnixTimeSeconds().ToString("D12", CultureInfo.InvariantCulture);

    internal byte[] Value => Encoding.UTF8.GetBytes(Revision.ToString(CultureInfo.InvariantCulture));

    /// <summary>Null when it is none: anybody with a client for the store can put keys there.</summary>
    internal static TimeMark? TryRead(KeyValue item) =>
        long.TryParse(item.Key.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LastSecond
        && long.TryParse(item.Value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? new TimeMark(DateTimeOffset.FromUnixTimeSeconds(seconds), revision)
            : null;
}
