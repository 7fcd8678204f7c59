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

    internal string Key => Prefix + Time.ToUnixTimeSeconds().ToString("D12", CultureInfo.InvariantCulture);

    internal byte[] Value => Encoding.UTF8.GetBytes(Revision.ToString(CultureInfo.InvariantCulture));

    internal static TimeMark Read(KeyValue item) => new(
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(item.Key.AsSpan(Prefix.Length), CultureInfo.InvariantCulture)),
        long.Parse(item.Value.Span, CultureInfo.InvariantCulture));
}
