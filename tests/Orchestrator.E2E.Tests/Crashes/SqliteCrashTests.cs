using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// An API server on one SQLite file that lives through all rounds, and is killed in each: under load, at rest while it moves its log
/// into the file, and while it starts.
/// </summary>
[Category("Crash")]
public sealed class SqliteCrashTests
{
    private const int Writers = 6;
    private const int Watchers = 2;

    /// <summary>So long after the last write the log is moved, if there is enough of it.</summary>
    private const int LogIsMovedMilliseconds = 200;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private string directory = "";
    private CrashServer server = null!;
    private int kills;

    private string Data => Path.Combine(directory, "data");

    [SetUp]
    public void MakeDirectory()
    {
        directory = Path.Combine(LabUnderTest.WorkDirectory, "sqlite-crash");
        Directory.CreateDirectory(directory);
        server = new CrashServer(directory, () => ["--store", "sqlite", "--data-dir", Data]);
    }

    [TearDown]
    public void RemoveDirectory()
    {
        server.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Test, CancelAfter(3_600_000)]
    public async Task ServerOnOneFile_KilledAgainAndAgain_NothingToldIsUntrue(CancellationToken cancellationToken)
    {
        var rounds = CrashRounds.Of("SQLite", share: 1, byDefault: 4);
        var ledger = new CrashLedger();
        server.Start();
        var start = await ledger.CreateMarkerAsync(server.Client, "start", cancellationToken) - 1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new CrashWatcher(server.Client, start)).ToList();
        var watching = watchers.Select(watcher => watcher.RunAsync(stop.Token)).ToList();
        for (var round = 1; round <= rounds.Count; round++)
        {
            await RoundAsync(ledger, rounds.Random, round, cancellationToken);
            Assert.That(kills, Is.GreaterThanOrEqualTo(round), "each round kills");
            var end = await ledger.CreateMarkerAsync(server.Client, $"round-{round}", cancellationToken);
            var log = await server.Client.ReadLogAsync(start, end, cancellationToken);
            await ledger.VerifyAsync(server.Client, log, cancellationToken, readAll: round == rounds.Count);
            foreach (var watcher in watchers)
                Assert.That(await watcher.TakeAsync(end, cancellationToken), Is.EqualTo(log), $"a watcher's events of round {round}");
            start = end;
            if (rounds.IsReported(round))
                TestContext.Progress.WriteLine($"  round {round}: {kills} times killed; {ledger.Summary}; watches reopened {watchers.Sum(watcher => watcher.Reopened)} times");
        }

        await stop.CancelAsync();
        await Task.WhenAll(watching);
        server.Process.Kill();
        LabUnderTest.RunOrc("store", "check", "--store", $"sqlite:{Path.Combine(Data, "store.db")}").Succeeded();
    }

    private async Task RoundAsync(CrashLedger ledger, Random random, int round, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = ledger.Acknowledged;
        var writing = Enumerable.Range(0, Writers)
            .Select(writer => new CrashWriter(server.Client, ledger, new Random(random.Next()), $"r{round}-w{writer}").RunAsync(stop.Token)).ToList();
        try
        {
            if (round % 4 == 0)
            {
                await Task.Delay(random.Next(500, 1000), cancellationToken);
                await ledger.AwaitWritesAsync(before, Soon);
                await stop.CancelAsync();
                await Task.WhenAll(writing);
                await Task.Delay(LogIsMovedMilliseconds + random.Next(-10, 30), cancellationToken);
            }
            else
            {
                await Task.Delay(random.Next(0, 800), cancellationToken);
                await ledger.AwaitWritesAsync(before, Soon);
            }

            Kill();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        if (round % 2 == 0)
        {
            server.Process.Launch();
            await Task.Delay(random.Next(0, 1500), cancellationToken);
            Kill();
        }

        server.Process.Launch();
    }

    private void Kill()
    {
        server.Process.Kill();
        kills++;
    }
}
