using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli;

/// <summary>Durations as people write them: "500ms", "30s", "2m", "1h30m".</summary>
internal static class Durations
{
    /// <exception cref="UserException">Not a duration.</exception>
    public static TimeSpan Parse(string text)
    {
        var total = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
                throw Malformed(text);
            var amount = int.Parse(rest[..digits], CultureInfo.InvariantCulture);
            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9');
            var unit = letters < 0 ? rest : rest[..letters];
            total += unit switch
            {
                "ms" => TimeSpan.FromMilliseconds(amount),
                "s" => TimeSpan.FromSeconds(amount),
                "m" => TimeSpan.FromMinutes(amount),
                "h" => TimeSpan.FromHours(amount),
                _ => throw Malformed(text),
            };
            rest = rest[unit.Length..];
        }

        return text.Length > 0 ? total : throw Malformed(text);
    }

    private static UserException Malformed(string text) => new($"'{text}' is not a duration: write for example 30s, 2m or 1h30m", ExitCode.Usage);
}

/// <summary>Sizes as people write them: "512Mi", "2Gi", "1000000".</summary>
internal static class Sizes
{
    /// <exception cref="UserException">Not a size.</exception>
    public static long ParseBytes(string text) =>
        Quantity.TryParse(text, out var quantity) && quantity.Sign > 0
            ? quantity.Value
            : throw new UserException($"'{text}' is not a size: write for example 512Mi or 2Gi", ExitCode.Usage);
}
