using System.Diagnostics;
using Orchestrator.E2E.Tests;
using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// A lab of three control planes over three members of etcd, whose processes (the node's agent and <c>orc up</c>, which brings them
/// back, among them) are killed at random moments while clients write and watch. After each round what clients were told is compared
/// with what is there, and what watchers saw with what happened.
/// </summary>
/// <remarks>In a namespace beside that of the other tests, so that their lab is not started for it.</remarks>
[Category("Crash")]
public sealed class CrashTests
{
    private const string Lab = "e2e-crash";
    private const string Node = "node1";
    private const int Servers = 3;
    private const int Writers = 6;
    private const int Watchers = 3;
    private const int KilledExitCode = 128 + 9;

    private static readonly TimeSpan UpLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static string LabKubeconfig => Path.Combine(WorkDirectory, "crash.kubeconfig");

    [TearDown]
    public void Down()
    {
        Orc("down", "--purge").Succeeded();
        Assert.That(Processes(), Is.Empty, "processes of the lab that it has lost");
    }

    [Test, CancelAfter(3_600_000)]
    public async Task EveryProcess_KilledAtRandomUnderLoad_NothingToldIsUntrue(CancellationToken cancellationToken)
    {
        var rounds = CrashRounds.Of("lab", share: 1, byDefault: 2);
        RunOrc("image", "load", "--data-dir", DataDirectory, Path.Combine(Root, "bin", "demo-image.tar")).Succeeded();
        Orc("up", "--kubeconfig", LabKubeconfig, "--store", "etcd", "--servers", $"{Servers}", "--nodes", "1").Succeeded();

        using var client = CrashClient.Of(LabKubeconfig);
        var pods = new CrashPods(LabKubeconfig, rounds.Random);
        pods.Create();
        var ledger = new CrashLedger();
        var start = await ledger.CreateMarkerAsync(client, "start", cancellationToken) - 1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new CrashWatcher(client, start)).ToList();
        var watching = watchers.Select(watcher => watcher.RunAsync(stop.Token)).ToList();
        var kills = 0;
        for (var round = 1; round <= rounds.Count; round++)
        {
            kills += await RoundAsync(client, ledger, pods, rounds.Random, round, cancellationToken);
            Assert.That(kills, Is.GreaterThanOrEqualTo(round), "each round kills");
            var end = await ledger.CreateMarkerAsync(client, $"round-{round}", cancellationToken);
            var log = await client.ReadLogAsync(start, end, cancellationToken);
            await ledger.VerifyAsync(client, log, cancellationToken, readAll: round == rounds.Count);
            foreach (var watcher in watchers)
                Assert.That(await watcher.TakeAsync(end, cancellationToken), Is.EqualTo(log), $"a watcher's events of round {round}");
            pods.Verify();
            start = end;
            if (rounds.IsReported(round))
                TestContext.Progress.WriteLine($"  round {round}: {kills} processes killed; {ledger.Summary}; watches reopened {watchers.Sum(watcher => watcher.Reopened)} times; {pods.Deleted} pods deleted and {pods.Killed} containers killed");
        }

        await stop.CancelAsync();
        await Task.WhenAll(watching);
    }

    /// <returns>How many processes were killed for certain.</returns>
    private static async Task<int> RoundAsync(CrashClient client, CrashLedger ledger, CrashPods pods, Random random, int round, CancellationToken cancellationToken)
    {
        var victims = Victims(random, round);
        if (victims.Contains(Node))
            pods.Begin();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // All write until the last has been killed, and one while they are brought back: what starts needs the processors.
        using var calm = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var before = ledger.Acknowledged;
        var seeds = Enumerable.Range(0, Writers).Select(_ => random.Next()).ToArray();
        var writing = seeds.Select((seed, writer) => new CrashWriter(client, ledger, new Random(seed), $"r{round}-w{writer}").RunAsync(writer == 0 ? stop.Token : calm.Token)).ToList();
        var kills = victims.Count;
        try
        {
            await Task.Delay(random.Next(50, 500), cancellationToken);
            await ledger.AwaitWritesAsync(before, Soon);
            foreach (var victim in victims)
            {
                Victim.Of($"/run/orchestrator/{Lab}/{victim}.pid").Kill(victim);
                await Task.Delay(random.Next(0, 3) * random.Next(0, 100), cancellationToken);
            }

            if (victims.Contains(Node))
                pods.KillOne();
            await Task.Delay(random.Next(0, 400), cancellationToken);
            await calm.CancelAsync();
            kills += random.Next(4) == 0 ? KillOrcUp(random) : 0;
            await Task.Run(Restore, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        return kills;
    }

    /// <summary>One to three of the six that keep the state, now and then all of them; in every other round the node's agent too.</summary>
    private static List<string> Victims(Random random, int round)
    {
        string[] all = [.. Enumerable.Range(1, Servers).SelectMany(number => (string[])[$"control-plane-{number}", $"etcd-{number}"])];
        random.Shuffle(all);
        List<string> victims = [.. all.Take(random.Next(12) == 0 ? all.Length : random.Next(1, 4))];
        if (round % 2 == 0)
            victims.Insert(random.Next(victims.Count + 1), Node);
        return victims;
    }

    private static int KillOrcUp(Random random)
    {
        using var up = Command.Start(LabUnderTest.Orc, ["up", "--name", Lab, "--data-dir", DataDirectory, "--kubeconfig", LabKubeconfig]);
        up.BeginOutputReadLine();
        up.BeginErrorReadLine();
        if (up.WaitForExit(random.Next(50, 1500)))
            return 0;
        up.Kill();
        up.WaitForExit();
        return up.ExitCode == KilledExitCode ? 1 : 0; // Else it was done at that very moment.
    }

    /// <summary>What a killed <c>orc up</c> had begun may still be under way, and then the next one says so.</summary>
    private static void Restore()
    {
        var clock = Stopwatch.StartNew();
        CommandResult result;
        do
            result = Orc("up", "--kubeconfig", LabKubeconfig);
        while (result.ExitCode != 0 && clock.Elapsed < UpLimit);
        result.Succeeded();
    }

    private static CommandResult Orc(params string[] arguments) => RunOrc([.. arguments, "--name", Lab, "--data-dir", DataDirectory]);

    private static List<string> Processes() =>
        [.. Command.Run("ps", ["-eo", "pid,stat,args"]).Output.Split('\n').Where(line => line.Contains($"/labs/{Lab}/") && line.Contains(DataDirectory))];
}
