using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// An API server with SQLite on a disk that fails, fills up or loses its power under load, and that is killed. Once the machine is
/// well again, what clients were told is compared with what is there.
/// </summary>
/// <remarks>A quarter of the rounds that ORC_CRASH_ROUNDS asks for, of each fault.</remarks>
public sealed class DiskCrashTests
{
    private const int Writers = 6;
    private const int RoundsShare = 4;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string?> said = new();
    private readonly string address = FreeAddress();
    private string directory = "";
    private Process? server;

    private string Library => Path.Combine(directory, "failing-sync.so");

    private string Trigger => Path.Combine(directory, "fail");

    private string Kubeconfig => Path.Combine(directory, "kubeconfig");

    [SetUp]
    public void MakeDirectory()
    {
        directory = Path.Combine(LabUnderTest.WorkDirectory, "disk-crash");
        Directory.CreateDirectory(directory);
        Command.Run("gcc", ["-shared", "-fPIC", "-O2", "-o", Library, Path.Combine(LabUnderTest.Root, "tests/Orchestrator.E2E.Tests/Crashes/FailingSync.c")]).Succeeded();
    }

    [TearDown]
    public void RemoveDirectory()
    {
        Kill();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            TestContext.Progress.WriteLine($"the server said:\n{string.Join('\n', said.TakeLast(40))}");
        Directory.Delete(directory, recursive: true);
    }

    [Test, CancelAfter(3_600_000)]
    public Task FailingSync_UnderLoad_NothingToldIsUntrue(CancellationToken cancellationToken) => RunAsync("failing sync", async (disk, client, ledger, random) =>
    {
        File.WriteAllText(Trigger, "");
        await FailingAsync(ledger);
        await AssertReadsGoOnAsync(client);
        File.Delete(Trigger);
        var refusal = await client.CreateAsync("distrusted", "");
        Assert.That(refusal.Status, Is.EqualTo(503), $"no write behind the failed one is taken: {refusal.Body}");
        Assert.That(Ready().Error, Does.Contain("[-]store failed: the store's disk has failed"));
        Kill();
        // Now and then the server alone is started again, on what the kernel holds of the disk.
        if (random.Next(2) == 0)
            return;
        Start(disk);
        await client.CreateMarkerAsync("well-again", cancellationToken);
        await Task.Delay(random.Next(50, 500), cancellationToken);
    }, disk => disk.Remount(), cancellationToken);

    [Test, CancelAfter(3_600_000)]
    public Task FullDisk_UnderLoad_NothingToldIsUntrue(CancellationToken cancellationToken) => RunAsync("full disk", async (disk, client, ledger, random) =>
    {
        // The server stands still meanwhile, or the filler would take what the store gives up for deletions as soon as it is full.
        Signal("STOP");
        disk.Fill();
        Signal("CONT");
        await FailingAsync(ledger);
        await AssertReadsGoOnAsync(client);
        var deletable = await client.GetAsync("deletable");
        Assert.That((await client.DeleteAsync("deletable", deletable.Revision)).Status, Is.EqualTo(200), "deletions go on");
        Assert.That((await client.CreateAsync("too-much", "")).Status, Is.EqualTo(507));
        if (random.Next(2) == 0)
        {
            Kill();
            disk.MakeRoom();
            return;
        }

        disk.MakeRoom();
        await client.CreateMarkerAsync("room", cancellationToken);
    }, disk => disk.Remount(), cancellationToken);

    [Test, CancelAfter(3_600_000)]
    public Task PowerCut_UnderLoad_NothingToldIsUntrue(CancellationToken cancellationToken) => RunAsync("power cut", (disk, _, _, _) =>
    {
        Signal("STOP");
        disk.CutPower();
        Kill();
        return Task.CompletedTask;
    }, disk => disk.PowerOn(), cancellationToken);

    [Test, CancelAfter(120_000)]
    public void DiskFullAtStart_NoRoomForKeys_EndsWithOneLine()
    {
        using var disk = new LoopDisk(directory);
        disk.Fill();

        var result = Command.Run(LabUnderTest.Orc, ["apiserver", "--data-dir", Path.Combine(disk.Path, "data"), "--listen", address]);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error.Trim().Split('\n'), Is.EqualTo(new[] { result.Error.Trim() }));
        Assert.That(result.Error, Does.StartWith("orc apiserver: No space left on device"));
    }

    [Test, CancelAfter(120_000)]
    public void DiskFullAtStart_NoRoomForObjects_SaysSoOnceAndStartsWhenThereIsRoom()
    {
        using var disk = new LoopDisk(directory);
        // The keys are there; the store, which is not, takes its first pages from what Fill leaves.
        Start(disk);
        Kill();
        foreach (var file in Directory.GetFiles(Path.Combine(disk.Path, "data"), "store.db*"))
            File.Delete(file);
        using (var reserve = new FileStream(Path.Combine(disk.Path, "reserve"), FileMode.CreateNew))
            reserve.Write(new byte[200_000]);
        disk.Fill();
        File.Delete(Path.Combine(disk.Path, "reserve"));
        said.Clear();
        try
        {
            Launch(disk, "--log-level", "debug");
            Eventually.Holds("the reason", Soon, () => Ready().Error is var text && text.Contains("failed: the store has no room left") ? null : text + string.Join('\n', said));
            Eventually.Holds("more tries", Soon, () => said.Count(line => line?.Contains("was refused again") == true) >= 3 ? null : string.Join('\n', said));
            Assert.That(said.Where(line => line?.Contains("WRN") == true), Has.Exactly(1).Contains("is tried again until it succeeds: the store has no room left"), string.Join('\n', said));
            Assert.That(said, Has.None.Contains("   at Orchestrator."));
            disk.MakeRoom();
            AwaitReady();
        }
        finally
        {
            Kill();
        }
    }

    private async Task RunAsync(
        string fault, Func<LoopDisk, CrashClient, CrashLedger, Random, Task> harm, Action<LoopDisk> reboot, CancellationToken cancellationToken)
    {
        var rounds = Math.Max(1, (Number("ORC_CRASH_ROUNDS") ?? 0) / RoundsShare);
        var seed = Number("ORC_CRASH_SEED") ?? Environment.TickCount;
        TestContext.Progress.WriteLine($"{fault}: {rounds} rounds with ORC_CRASH_SEED={seed}");
        var random = new Random(seed);
        var ledger = new CrashLedger();
        for (var round = 1; round <= rounds; round++)
            await RoundAsync(ledger, random, harm, reboot, cancellationToken);
        TestContext.Progress.WriteLine($"  {ledger.Summary}");
    }

    private async Task RoundAsync(
        CrashLedger ledger, Random random, Func<LoopDisk, CrashClient, CrashLedger, Random, Task> harm, Action<LoopDisk> reboot, CancellationToken cancellationToken)
    {
        using var disk = new LoopDisk(directory);
        try
        {
            await RoundOnAsync(disk, ledger, random, harm, reboot, cancellationToken);
        }
        finally
        {
            Kill();
        }
    }

    private async Task RoundOnAsync(
        LoopDisk disk, CrashLedger ledger, Random random, Func<LoopDisk, CrashClient, CrashLedger, Random, Task> harm, Action<LoopDisk> reboot,
        CancellationToken cancellationToken)
    {
        Start(disk);
        using var client = CrashClient.Of(Kubeconfig);
        var start = await client.CreateMarkerAsync("start", cancellationToken);
        Assert.That((await client.CreateAsync("deletable", "")).Status, Is.EqualTo(201));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writers = Enumerable.Range(0, Writers).Select(writer => new CrashWriter(client, ledger, new Random(random.Next()), $"w{writer}").RunAsync(stop.Token)).ToList();
        try
        {
            await Task.Delay(random.Next(100, 1500), cancellationToken);
            await harm(disk, client, ledger, random);
        }
        finally
        {
            Kill();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        reboot(disk);
        Start(disk);
        var end = await client.CreateMarkerAsync("end", cancellationToken);
        await ledger.VerifyAsync(client, cancellationToken);
        ledger.VerifyLog(await client.ReadLogAsync(start, end, cancellationToken));
    }

    /// <summary>The fault has been felt; else the round would prove nothing.</summary>
    private static async Task FailingAsync(CrashLedger ledger)
    {
        var before = ledger.Failed;
        var clock = Stopwatch.StartNew();
        while (ledger.Failed == before)
        {
            Assert.That(clock.Elapsed, Is.LessThan(Soon), "no write has failed");
            await Task.Delay(10);
        }
    }

    private static async Task AssertReadsGoOnAsync(CrashClient client) =>
        Assert.That((await client.GetAsync("marker-start-0")).Status, Is.EqualTo(200), "reads go on");

    private void Start(LoopDisk disk)
    {
        Launch(disk);
        AwaitReady();
    }

    private void Launch(LoopDisk disk, params string[] options)
    {
        server = Command.Start("env", [$"LD_PRELOAD={Library}", $"FAILING_SYNC={Trigger}", LabUnderTest.Orc, "apiserver", "--store", "sqlite", "--data-dir", Path.Combine(disk.Path, "data"), "--listen", address, "--kubeconfig", Kubeconfig, .. options]);
        server.OutputDataReceived += (_, line) => said.Enqueue(line.Data);
        server.ErrorDataReceived += (_, line) => said.Enqueue(line.Data);
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
    }

    private void AwaitReady() =>
        Eventually.Holds("ready", Soon, () => IsReady() ? null : string.Join('\n', said));

    private bool IsReady() => File.Exists(Kubeconfig) && Ready().Output.Trim() == "ok";

    private CommandResult Ready() => Command.Run("kubectl", ["--kubeconfig", Kubeconfig, "get", "--raw", "/readyz"]);

    private void Signal(string name) => Command.Run("kill", [$"-{name}", server!.Id.ToString(CultureInfo.InvariantCulture)]).Succeeded();

    private void Kill()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        server = null;
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
