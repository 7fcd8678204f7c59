using System.Globalization;

namespace Orchestrator.E2E.Crashes;

/// <summary>How many rounds, and which: ORC_CRASH_ROUNDS and ORC_CRASH_SEED, which <c>make crash-test</c> sets.</summary>
internal sealed record CrashRounds(int Count, Random Random)
{
    /// <param name="share">One in so many of the rounds that were asked for.</param>
    /// <param name="byDefault">When none were.</param>
    public static CrashRounds Of(string what, int share, int byDefault)
    {
        var count = Number("ORC_CRASH_ROUNDS") is { } asked ? Math.Max(1, asked / share) : byDefault;
        var seed = Number("ORC_CRASH_SEED") ?? Environment.TickCount;
        TestContext.Progress.WriteLine($"{what}: {count} rounds with ORC_CRASH_SEED={seed}");
        return new CrashRounds(count, new Random(seed));
    }

    /// <summary>Whether it is time to say how far it is.</summary>
    public bool IsReported(int round) => round % 10 == 0 || round == Count;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
