using System.Globalization;

namespace Orchestrator.Grpc.Framing;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    private static readonly (char Unit, long Nanoseconds)[] Units =
        [('n', 1), ('u', 1_000), ('m', 1_000_000), ('S', 1_000_000_000), ('M', 60_000_000_000), ('H', 3_600_000_000_000)];

    /// <summary>The finest unit that fits, rounded up: the server's clock should not end the call before ours.</summary>
    public static string Format(TimeSpan timeout)
    {
        var nanoseconds = Math.Max(timeout.Ticks, 1) * (Int128)TimeSpan.NanosecondsPerTick;
        foreach (var (unit, size) in Units)
        {
            var amount = (nanoseconds + size - 1) / size;
            if (amount <= MaxDigits)
                return amount.ToString(CultureInfo.InvariantCulture) + unit;
        }
        return $"{MaxDigits}H";
    }

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is not { Length: >= 2 and <= 9 } || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
            return false;
        foreach (var (unit, size) in Units)
        {
            if (unit != text[^1])
                continue;
            var ticks = (Int128)amount * size / TimeSpan.NanosecondsPerTick;
            timeout = TimeSpan.FromTicks((long)Int128.Min(ticks, TimeSpan.MaxValue.Ticks));
            return true;
        }
        return false;
    }
}
