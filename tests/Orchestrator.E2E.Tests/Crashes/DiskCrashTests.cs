using System.Diagnostics;
using NUnit.Framework.Interfaces;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// An API server with SQLite on a disk that fails, fills up or loses its power under load, one after the other, and that is killed.
/// Once the machine is well again, what clients were told is compared with what is there.
/// </summary>
[Category("Crash")]
public sealed class DiskCrashTests
{
    private const int Writers = 6;

    /// <summary>After so many rounds, each with all faults, there is a new disk: history takes room, and is kept for minutes.</summary>
    private const int RoundsPerDisk = 4;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private string directory = "";
    private LoopDisk disk = null!;
    private CrashServer server = null!;
    private CrashLedger ledger = null!;
    private Random random = null!;

    /// <summary>The revision up to which the log has been compared.</summary>
    private long verified;

    private string Library => Path.Combine(directory, "failing-sync.so");

    private string Trigger => Path.Combine(directory, "fail");

    private string Data => Path.Combine(disk.Path, "data");

    [SetUp]
    public void MakeDisk()
    {
        directory = Path.Combine(LabUnderTest.WorkDirectory, "disk-crash");
        Directory.CreateDirectory(directory);
        Command.Run("gcc", ["-shared", "-fPIC", "-O2", "-o", Library, Path.Combine(LabUnderTest.Root, "tests/Orchestrator.E2E.Tests/Crashes/FailingSync.c")]).Succeeded();
        disk = new LoopDisk(directory);
        server = new CrashServer(directory, () => ["--store", "sqlite", "--data-dir", Data], $"LD_PRELOAD={Library}", $"FAILING_SYNC={Trigger}");
    }

    [TearDown]
    public void RemoveDisk()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed)
            TestContext.Progress.WriteLine($"the server said:\n{string.Join('\n', server?.Process.Said.TakeLast(40) ?? [])}");
        server?.Dispose();
        disk?.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Test, CancelAfter(3_600_000)]
    public async Task Disk_FaultAfterFault_NothingToldIsUntrue(CancellationToken cancellationToken)
    {
        (string Name, Func<string, CancellationToken, Task> Harm, Action Reboot)[] faults =
        [
            ("failing sync", FailSyncsAsync, () => disk.Remount()),
            ("full disk", FillAsync, () => disk.Remount()),
            ("broken device", BreakAsync, () => disk.Repair()),
            ("power cut", CutPowerAsync, () => disk.PowerOn()),
        ];
        var rounds = CrashRounds.Of("disk", share: 4, byDefault: 1);
        random = rounds.Random;
        for (var round = 1; round <= rounds.Count; round++)
        {
            if (round % RoundsPerDisk == 1)
                await UseNewDiskAsync(cancellationToken);
            random.Shuffle(faults);
            foreach (var (name, harm, reboot) in faults)
                await SufferAsync($"{name.Replace(' ', '-').ToLowerInvariant()}-{round}", harm, reboot, cancellationToken);
            await ledger.VerifyAsync(server.Client, [], cancellationToken, readAll: true);
            if (rounds.IsReported(round) || round % RoundsPerDisk == 0)
                TestContext.Progress.WriteLine($"  round {round}: {string.Join(", ", faults.Select(fault => fault.Name))}: on this disk {ledger.Summary}");
        }
    }

    [Test, CancelAfter(120_000)]
    public void DiskFullAtStart_NoRoomForKeys_EndsWithOneLine()
    {
        disk.Fill();

        server.Process.Launch();

        Assert.That(server.Process.AwaitEnd(Soon), Is.EqualTo(1));
        Assert.That(server.Process.Said.Where(line => line.Length > 0), Has.Exactly(1).Items.And.All.StartsWith("orc apiserver: No space left on device"));
    }

    [Test, CancelAfter(120_000)]
    public void DiskFullAtStart_NoRoomForObjects_SaysSoOnceAndStartsWhenThereIsRoom()
    {
        // The keys are there; the store, which is not, takes its first pages from what Fill leaves.
        server.Start();
        server.Process.Kill();
        foreach (var file in Directory.GetFiles(Data, "store.db*"))
            File.Delete(file);
        using (var reserve = new FileStream(Path.Combine(disk.Path, "reserve"), FileMode.CreateNew))
            reserve.Write(new byte[200_000]);
        disk.Fill();
        File.Delete(Path.Combine(disk.Path, "reserve"));
        server.Options = ["--log-level", "debug"];
        server.Process.Launch();
        var said = server.Process.Said;
        Eventually.Holds("the reason", Soon, () => server.Readiness() is var text && text?.Contains("failed: the store has no room left") == true ? null : text + string.Join('\n', said));
        Eventually.Holds("more tries", Soon, () => said.Count(line => line.Contains("was refused again")) >= 3 ? null : string.Join('\n', said));
        Assert.That(said.Where(line => line.Contains("WRN")), Has.Exactly(1).Contains("is tried again until it succeeds: the store has no room left"), string.Join('\n', said));
        Assert.That(said, Has.None.Contains("   at Orchestrator."));
        disk.MakeRoom();
        server.AwaitReady();
    }

    private async Task UseNewDiskAsync(CancellationToken cancellationToken)
    {
        server.Process.Dispose();
        disk.Dispose();
        disk = new LoopDisk(directory);
        ledger = new CrashLedger();
        server.ForgetCluster();
        server.Start();
        verified = await ledger.CreateMarkerAsync(server.Client, "new-disk", cancellationToken) - 1;
    }

    /// <summary>One fault, from a server that runs to the next one that does.</summary>
    private async Task SufferAsync(string fault, Func<string, CancellationToken, Task> harm, Action reboot, CancellationToken cancellationToken)
    {
        Assert.That((await ledger.CreateAsync(server.Client, $"deletable-{fault}", "")).Status, Is.EqualTo(201));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = ledger.Acknowledged;
        var writers = Enumerable.Range(0, Writers)
            .Select(writer => new CrashWriter(server.Client, ledger, new Random(random.Next()), $"{fault}-w{writer}").RunAsync(stop.Token)).ToList();
        try
        {
            await Task.Delay(random.Next(100, 1000), cancellationToken);
            await ledger.AwaitWritesAsync(before, Soon);
            await harm(fault, cancellationToken);
        }
        finally
        {
            server.Process.Dispose();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        reboot();
        server.Start();
        var end = await ledger.CreateMarkerAsync(server.Client, $"after-{fault}", cancellationToken);
        await ledger.VerifyAsync(server.Client, await server.Client.ReadLogAsync(verified, end, cancellationToken), cancellationToken);
        verified = end;
    }

    private async Task FailSyncsAsync(string fault, CancellationToken cancellationToken)
    {
        File.WriteAllText(Trigger, "");
        await FailingAsync();
        await AssertReadsGoOnAsync();
        File.Delete(Trigger);
        await AssertDistrustsItsDiskAsync(fault);
        server.Process.Kill();
        // Now and then the server alone is started again, on what the kernel holds of the disk.
        if (random.Next(2) == 0)
            return;
        server.Start();
        await ledger.CreateMarkerAsync(server.Client, $"well-again-{fault}", cancellationToken);
        await Task.Delay(random.Next(50, 500), cancellationToken);
    }

    private async Task FillAsync(string fault, CancellationToken cancellationToken)
    {
        // The server stands still meanwhile, or the filler would take what the store gives up for deletions as soon as it is full.
        server.Process.Signal("STOP");
        disk.Fill();
        server.Process.Signal("CONT");
        await FailingAsync();
        await AssertReadsGoOnAsync();
        var deletable = await server.Client.GetAsync($"deletable-{fault}");
        Assert.That((await ledger.DeleteAsync(server.Client, $"deletable-{fault}", deletable.Revision)).Status, Is.EqualTo(200), "deletions go on");
        Assert.That((await ledger.CreateAsync(server.Client, $"too-much-{fault}", "")).Status, Is.EqualTo(507));
        if (random.Next(2) == 0)
        {
            server.Process.Kill();
            disk.MakeRoom();
            return;
        }

        disk.MakeRoom();
        await ledger.CreateMarkerAsync(server.Client, $"room-{fault}", cancellationToken);
    }

    private async Task BreakAsync(string fault, CancellationToken cancellationToken)
    {
        disk.Break();
        await FailingAsync();
        await AssertReadsGoOnAsync();
        await AssertDistrustsItsDiskAsync(fault);
        server.Process.Kill();
        if (random.Next(2) == 0)
            return;
        // Somebody starts it again before he has looked after the disk.
        server.Process.Launch();
        Eventually.Holds("it ends, serves, or says that it cannot", Soon, () =>
            server.Process.IsRunning && server.Readiness() is { } text && !text.Contains("[-]store failed: ") ? text : null);
        if (server.Process.IsRunning)
            await ledger.CreateAsync(server.Client, $"hopeful-{fault}", "");
        else
            AssertSaysWhyItEnded();
    }

    private Task CutPowerAsync(string fault, CancellationToken cancellationToken)
    {
        server.Process.Signal("STOP");
        disk.CutPower();
        server.Process.Kill();
        return Task.CompletedTask;
    }

    private void AssertSaysWhyItEnded()
    {
        Assert.That(server.Process.AwaitEnd(Soon), Is.EqualTo(1));
        Assert.That(server.Process.Said.Where(line => line.Length > 0), Has.Exactly(1).Items.And.All.StartsWith("orc apiserver: "));
    }

    private async Task AssertDistrustsItsDiskAsync(string fault)
    {
        var refusal = await ledger.CreateAsync(server.Client, $"distrusted-{fault}", "");
        Assert.That(refusal.Status, Is.EqualTo(503), $"no write behind the failed one is taken: {refusal.Body}");
        Assert.That(server.Readiness(), Does.Contain("[-]store failed: the store's disk has failed"));
    }

    /// <summary>The fault has been felt; else the round would prove nothing.</summary>
    private async Task FailingAsync()
    {
        var before = ledger.Failed;
        var clock = Stopwatch.StartNew();
        while (ledger.Failed == before)
        {
            Assert.That(clock.Elapsed, Is.LessThan(Soon), "no write has failed");
            await Task.Delay(10);
        }
    }

    private async Task AssertReadsGoOnAsync() =>
        Assert.That((await server.Client.GetAsync("marker-new-disk-0")).Status, Is.EqualTo(200), "reads go on");
}
