using NUnit.Framework.Interfaces;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// An API server over three members of etcd, one of which has a disk that fills up, fails or loses its power under load. The other two
/// go on without it; once its machine is well again it is needed, since another one is killed, and nothing that was told is untrue.
/// </summary>
[Category("Crash")]
public sealed class EtcdCrashTests
{
    private const int Members = 3;
    private const int Writers = 4;

    /// <summary>etcd sets 64 MB aside for each file of its log, and has two.</summary>
    private const long DiskBytes = 400L << 20;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>How long a member with a full disk may go on, in what it has set aside.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>An etcd keeps several logs of 64 MB: more rounds than these write more than the disk's memory holds twice.</summary>
    private const int RoundsPerCluster = 10;

    private readonly int[] ports = CrashServer.FreePorts(2 * Members);
    private string directory = "";
    private LoopDisk disk = null!;
    private CrashProcess[] members = [];
    private CrashServer server = null!;

    private CrashProcess Frail => members[0];

    [SetUp]
    public void Start()
    {
        directory = Path.Combine(LabUnderTest.WorkDirectory, "etcd-crash");
        Directory.CreateDirectory(directory);
        disk = new LoopDisk(directory, DiskBytes);
        members = [.. Enumerable.Range(0, Members).Select(member => new CrashProcess($"etcd {member}", () => ("etcd", Arguments(member))))];
        server = new CrashServer(directory, () => ["--store", string.Join(',', Enumerable.Range(0, Members).Select(ClientUrl)), "--data-dir", directory]);
        foreach (var member in members)
            member.Launch();
        for (var member = 0; member < Members; member++)
            AwaitHealthy(member);
        server.Start();
    }

    [TearDown]
    public void Stop()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed)
            TestContext.Progress.WriteLine($"the member said:\n{string.Join('\n', members.FirstOrDefault()?.Said.TakeLast(20) ?? [])}");
        server?.Dispose();
        foreach (var member in members)
            member.Dispose();
        disk?.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Test, CancelAfter(3_600_000)]
    public async Task DiskOfOneMember_FaultAfterFault_NothingToldIsUntrue(CancellationToken cancellationToken)
    {
        (string Name, Action Harm, Action Reboot)[] faults =
        [
            ("full disk", Fill, MakeRoom),
            ("broken device", () => disk.Break(), () => disk.Repair()),
            ("power cut", CutPower, () => disk.PowerOn()),
        ];
        var rounds = CrashRounds.Of("etcd", share: 4, byDefault: 1);
        var ledger = new CrashLedger();
        var verified = 0L;
        for (var round = 1; round <= rounds.Count; round++)
        {
            if (round % RoundsPerCluster == 1)
            {
                if (round > 1)
                    StartAnew();
                ledger = new CrashLedger();
                verified = await ledger.CreateMarkerAsync(server.Client, "start", cancellationToken) - 1;
            }

            rounds.Random.Shuffle(faults);
            foreach (var (name, harm, reboot) in faults)
            {
                await SufferAsync(ledger, rounds.Random, $"{name.Replace(' ', '-')}-{round}", harm, reboot, cancellationToken);
                var end = await ledger.CreateMarkerAsync(server.Client, $"after-{name.Replace(' ', '-')}-{round}", cancellationToken);
                var log = await server.Client.ReadLogAsync(verified, end, cancellationToken);
                await ledger.VerifyAsync(server.Client, log, cancellationToken, readAll: round == rounds.Count || round % RoundsPerCluster == 0);
                verified = end;
            }

            if (rounds.IsReported(round))
                TestContext.Progress.WriteLine($"  round {round}: {string.Join(", ", faults.Select(fault => fault.Name))}; of this cluster {ledger.Summary}");
        }
    }

    private void StartAnew()
    {
        Stop();
        Start();
    }

    private async Task SufferAsync(CrashLedger ledger, Random random, string fault, Action harm, Action reboot, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = ledger.Acknowledged;
        var writing = Enumerable.Range(0, Writers)
            .Select(writer => new CrashWriter(server.Client, ledger, new Random(random.Next()), $"{fault}-w{writer}").RunAsync(stop.Token)).ToList();
        try
        {
            await Task.Delay(random.Next(100, 1000), cancellationToken);
            await ledger.AwaitWritesAsync(before, Soon);
            harm();
            await EndOfFrailAsync(cancellationToken);
            await ledger.CreateMarkerAsync(server.Client, $"without-it-{fault}", cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        reboot();
        Frail.Launch();
        AwaitHealthy(0);
        var other = 1 + random.Next(Members - 1);
        members[other].Kill();
        await ledger.CreateMarkerAsync(server.Client, $"relies-on-it-{fault}", cancellationToken);
        members[other].Launch();
        AwaitHealthy(other);
    }

    /// <summary>A member whose disk fails ends by itself; one that can go on for a while is killed.</summary>
    private async Task EndOfFrailAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Frail.IsRunning && !patience.IsCancellationRequested)
            await Task.Delay(10, cancellationToken);
        Frail.Dispose();
    }

    private void Fill() => disk.Fill();

    private void MakeRoom()
    {
        disk.MakeRoom();
        disk.Remount();
    }

    private void CutPower()
    {
        Frail.Signal("STOP");
        disk.CutPower();
        Frail.Kill();
    }

    private void AwaitHealthy(int member) => Eventually.Holds($"etcd {member} is healthy", Soon, () =>
        LabUnderTest.Curl($"{ClientUrl(member)}/health").Contains("true") ? null : string.Join('\n', members[member].Said.TakeLast(10)));

    private string ClientUrl(int member) => $"http://127.0.0.1:{ports[member]}";

    private string PeerUrl(int member) => $"http://127.0.0.1:{ports[Members + member]}";

    private string[] Arguments(int member) =>
    [
        "--name", $"m{member}",
        "--data-dir", Path.Combine(member == 0 ? disk.Path : directory, $"etcd-{member}"),
        "--listen-client-urls", ClientUrl(member),
        "--advertise-client-urls", ClientUrl(member),
        "--listen-peer-urls", PeerUrl(member),
        "--initial-advertise-peer-urls", PeerUrl(member),
        "--initial-cluster", string.Join(',', Enumerable.Range(0, Members).Select(one => $"m{one}={PeerUrl(one)}")),
        "--logger", "zap",
    ];
}
