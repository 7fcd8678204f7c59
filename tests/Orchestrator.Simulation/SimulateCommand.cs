using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation;

/// <summary>Runs seed after seed, each in a thread of its own, until the time is over or one fails.</summary>
internal static class SimulateCommand
{
    public static RootCommand Create()
    {
        var seed = new Option<int?>("--seed") { Description = "Run this seed, and only this one unless --minutes is given; else one is drawn and printed" };
        var minutes = new Option<double?>("--minutes") { Description = "Go on with the following seeds for this long" };
        var seconds = new Option<decimal>("--seconds") { Description = "Simulated time in which users act and things fail", DefaultValueFactory = _ => 120 };
        var threads = new Option<int>("--threads") { Description = "Runs at the same time", DefaultValueFactory = _ => 1 };
        var log = new Option<LogLevel?>("--log") { Description = "Print what the components log, from this level on" };
        var command = new RootCommand("Simulates whole clusters, each in one thread from one seed") { seed, minutes, seconds, threads, log };
        command.SetAction(parsed =>
        {
            var isDrawn = parsed.GetValue(seed) is null;
            var first = parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1_000_000_000);
            var limit = parsed.GetValue(minutes) ?? (isDrawn ? 1 : 0);
            var options = new SimulationOptions
            {
                Seed = first, Time = SimulationRunner.TimeOf(parsed.GetValue(seconds)), LogLevel = parsed.GetValue(log) ?? LogLevel.None,
                Log = parsed.GetValue(log) is null ? null : Console.WriteLine,
            };
            return Run(options, TimeSpan.FromMinutes(limit), parsed.GetValue(threads));
        });
        return command;
    }

    /// <summary>What tells one run from another.</summary>
    internal static string Line(int seed, SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture, $"seed {seed}: {result.Steps} steps, {result.Revisions} revisions, {result.Time} simulated, trace {result.Trace:x16}");

    private static int Run(SimulationOptions options, TimeSpan limit, int threads)
    {
        var tally = new Tally(options.Seed);
        using var watchdog = new Watchdog(Watchdog.DefaultLimit);
        // Its thread cannot be ended: the process is.
        watchdog.Hung.ContinueWith(
            hung =>
            {
                Console.WriteLine(hung.Result);
                Environment.Exit(1);
            },
            TaskScheduler.Default);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {limit.TotalMinutes:0.##} minutes, {SimulationRunner.Seconds(options)} simulated seconds each"));
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() => RunSeeds(options, limit, index, threads, tally, watchdog))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        Console.WriteLine($"{tally}\n{tally.Faults}");
        return tally.HasFailed ? 1 : 0;
    }

    private static void RunSeeds(SimulationOptions options, TimeSpan limit, int first, int step, Tally tally, Watchdog watchdog)
    {
        for (var index = first; index < step || tally.Elapsed < limit; index += step)
        {
            // A seed given alone is one run, whatever the number of threads.
            if (tally.HasFailed || (limit == TimeSpan.Zero && index > 0))
                return;
            var one = options with { Seed = options.Seed + index };
            try
            {
                var result = SimulationRunner.Run(one, watchdog: watchdog);
                tally.Add(result);
                if (limit == TimeSpan.Zero)
                    Console.WriteLine(Line(one.Seed, result));
            }
            catch (SimulationFailure failure)
            {
                tally.Failed();
                Console.WriteLine(SimulationRunner.Describe(one, failure));
            }
        }
    }
}
