using System.Diagnostics;

namespace Orchestrator.E2E.Tests;

/// <summary>Waits for conditions of the running cluster, never for a duration.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="look">Returns null when all is well, else what is still wrong.</param>
    public static void Holds(string what, TimeSpan limit, Func<string?> look)
    {
        var watch = Stopwatch.StartNew();
        using var never = new ManualResetEventSlim();
        while (true)
        {
            var problem = look();
            if (problem is null)
                return;
            if (watch.Elapsed > limit)
                Assert.Fail($"{what}: not within {limit.TotalSeconds:0} s: {problem}");
            never.Wait(Pause);
        }
    }

    public static void Equals<T>(string what, TimeSpan limit, T expected, Func<T> look) =>
        Holds(what, limit, () => look() is var actual && EqualityComparer<T>.Default.Equals(actual, expected) ? null : $"is {actual}, should be {expected}");
}
