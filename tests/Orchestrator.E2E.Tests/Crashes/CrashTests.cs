using System.Diagnostics;
using System.Globalization;
using Orchestrator.E2E.Tests;
using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// A lab of three control planes over three members of etcd, whose processes (and <c>orc up</c>, which brings them back) are killed
/// at random moments while clients write and watch. After each round what clients were told is compared with what is there, and
/// what watchers saw with what happened.
/// </summary>
/// <remarks>In a namespace beside that of the other tests, so that their lab is not started for it. ORC_CRASH_ROUNDS and ORC_CRASH_SEED choose more rounds and another run; <c>make crash-test</c> sets them.</remarks>
public sealed class CrashTests
{
    private const string Lab = "e2e-crash";
    private const int Servers = 3;
    private const int Writers = 6;
    private const int Watchers = 3;
    private const int DefaultRounds = 2;

    private static readonly TimeSpan UpLimit = TimeSpan.FromSeconds(120);

    private static string LabKubeconfig => Path.Combine(WorkDirectory, "crash.kubeconfig");

    [SetUp]
    public void MakeWorkDirectory() => Directory.CreateDirectory(WorkDirectory);

    [TearDown]
    public void Down()
    {
        Orc("down", "--purge").Succeeded();
        Assert.That(Processes(), Is.Empty, "processes of the lab that it has lost");
    }

    [Test, CancelAfter(3_600_000)]
    public async Task EveryProcess_KilledAtRandomUnderLoad_NothingToldIsUntrue(CancellationToken cancellationToken)
    {
        var rounds = Number("ORC_CRASH_ROUNDS") ?? DefaultRounds;
        var seed = Number("ORC_CRASH_SEED") ?? Environment.TickCount;
        TestContext.Progress.WriteLine($"crash test: {rounds} rounds with ORC_CRASH_SEED={seed}");
        Orc("up", "--kubeconfig", LabKubeconfig, "--store", "etcd", "--servers", $"{Servers}", "--nodes", "1").Succeeded();

        using var client = CrashClient.Of(LabKubeconfig);
        var random = new Random(seed);
        var ledger = new CrashLedger();
        var start = await client.CreateMarkerAsync("start", cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new CrashWatcher(client, start)).ToList();
        var watching = watchers.Select(watcher => watcher.RunAsync(stop.Token)).ToList();
        var kills = 0;
        for (var round = 1; round <= rounds; round++)
        {
            kills += await RoundAsync(client, ledger, random, round, cancellationToken);
            var end = await client.CreateMarkerAsync($"round-{round}", cancellationToken);
            await ledger.VerifyAsync(client, cancellationToken);
            var log = await client.ReadLogAsync(start, end, cancellationToken);
            ledger.VerifyLog(log);
            foreach (var watcher in watchers)
                Assert.That(await watcher.TakeAsync(end, cancellationToken), Is.EqualTo(log), $"a watcher's events of round {round}");
            start = end;
            if (round % 10 == 0 || round == rounds)
                TestContext.Progress.WriteLine($"  round {round}: {kills} processes killed; {ledger.Summary}; watches reopened {watchers.Sum(watcher => watcher.Reopened)} times");
        }

        await stop.CancelAsync();
        await Task.WhenAll(watching);
    }

    private static async Task<int> RoundAsync(CrashClient client, CrashLedger ledger, Random random, int round, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var seeds = Enumerable.Range(0, Writers).Select(_ => random.Next()).ToArray();
        var writing = seeds.Select((seed, writer) => new CrashWriter(client, ledger, new Random(seed), $"r{round}-w{writer}").RunAsync(stop.Token)).ToList();
        await Task.Delay(random.Next(50, 500), cancellationToken);
        var victims = Victims(random);
        foreach (var victim in victims)
        {
            Kill(victim);
            await Task.Delay(random.Next(0, 3) * random.Next(0, 100), cancellationToken);
        }

        await Task.Delay(random.Next(0, 400), cancellationToken);
        var kills = victims.Count + (random.Next(4) == 0 ? KillOrcUp(random) : 0);
        await Task.Run(Restore, cancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(writing);
        return kills;
    }

    /// <summary>One to three of the six processes; now and then all of them.</summary>
    private static List<string> Victims(Random random)
    {
        string[] all = [.. Enumerable.Range(1, Servers).SelectMany(number => (string[])[$"control-plane-{number}", $"etcd-{number}"])];
        random.Shuffle(all);
        return [.. all.Take(random.Next(12) == 0 ? all.Length : random.Next(1, 4))];
    }

    private static void Kill(string component)
    {
        var file = $"/run/orchestrator/{Lab}/{component}.pid";
        if (File.Exists(file))
            Command.Run("kill", ["-9", File.ReadAllText(file).Split(' ')[0]]);
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
        return 1;
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

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
