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
        var seconds = new Option<double>("--seconds") { Description = "Simulated time in which users act and things fail", DefaultValueFactory = _ => 120 };
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
                Seed = first, Time = TimeSpan.FromSeconds(parsed.GetValue(seconds)), LogLevel = parsed.GetValue(log) ?? LogLevel.None,
                Log = parsed.GetValue(log) is null ? null : Console.WriteLine,
            };
            return Run(options, TimeSpan.FromMinutes(limit), parsed.GetValue(threads));
        });
        return command;
    }

    private static int Run(SimulationOptions options, TimeSpan limit, int threads)
    {
        var tally = new Tally(options.Seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {limit.TotalMinutes:0.##} minutes, {options.Time.TotalSeconds:0} simulated seconds each"));
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() => RunSeeds(options, limit, index, threads, tally))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        Console.WriteLine(tally);
        return tally.HasFailed ? 1 : 0;
    }

    private static void RunSeeds(SimulationOptions options, TimeSpan limit, int first, int step, Tally tally)
    {
        for (var index = first; index < step || tally.Elapsed < limit; index += step)
        {
            // A seed given alone is one run, whatever the number of threads.
            if (tally.HasFailed || (limit == TimeSpan.Zero && index > 0))
                return;
            var one = options with { Seed = options.Seed + index };
            try
            {
                tally.Add(SimulationRunner.Run(one));
            }
            catch (SimulationFailure failure)
            {
                tally.Failed();
                Console.WriteLine($"seed {one.Seed} failed at step {failure.Step}\n{failure}\nto see it again: {SimulationRunner.CommandFor(one)}");
            }
        }
    }
}
