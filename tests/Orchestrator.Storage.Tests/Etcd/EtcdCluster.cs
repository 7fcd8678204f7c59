using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Storage.Etcd;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>A real etcd of three members on free loopback ports. All ends with Dispose.</summary>
internal sealed class EtcdCluster : IDisposable
{
    private readonly string program = EtcdProgram.Find();
    private readonly TemporaryDirectory directory = new();
    private readonly Process?[] processes = new Process?[3];
    private readonly (int Client, int Peer)[] ports;

    private EtcdCluster() => ports = FreePorts();

    public IReadOnlyList<Uri> Endpoints => [.. ports.Select(port => new Uri($"http://127.0.0.1:{port.Client}"))];

    /// <summary>Ignores the calling test when there is no etcd on this machine.</summary>
    public static EtcdCluster Start()
    {
        var cluster = new EtcdCluster();
        for (var member = 0; member < cluster.processes.Length; member++)
            cluster.Run(member);
        return cluster;
    }

    /// <summary>Starts a member on the data it left.</summary>
    public void Run(int member)
    {
        var (client, peer) = ports[member];
        string[] arguments =
        [
            "--name", $"m{member}", "--data-dir", directory.File($"data{member}"), "--log-level", "error", "--logger", "zap", "--log-outputs", directory.File($"log{member}"),
            "--listen-client-urls", $"http://127.0.0.1:{client}", "--advertise-client-urls", $"http://127.0.0.1:{client}",
            "--listen-peer-urls", $"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}",
            "--initial-cluster", string.Join(',', ports.Select((port, index) => $"m{index}=http://127.0.0.1:{port.Peer}")),
            "--heartbeat-interval", "50", "--election-timeout", "500",
        ];
        processes[member] = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    /// <summary>As a crash: kill -9.</summary>
    public void Kill(int member)
    {
        if (processes[member] is not { } process)
            return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        processes[member] = null;
    }

    /// <summary>As a machine that hangs: its connections stay, nobody answers (SIGSTOP).</summary>
    public void Freeze(int member) => Signal(member, "-STOP");

    public void Thaw(int member) => Signal(member, "-CONT");

    /// <summary>Connects as soon as the cluster answers. The first endpoint is <paramref name="first"/>.</summary>
    public async Task<EtcdStore> ConnectAsync(EtcdStoreOptions options, int first = 0)
    {
        options = options with { Endpoints = [.. Endpoints.Skip(first), .. Endpoints.Take(first)] };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await EtcdStore.ConnectAsync(options);
            }
            catch (StoreException e) when (e.Error == StoreError.Unavailable && attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    public void Dispose()
    {
        for (var member = 0; member < processes.Length; member++)
            Kill(member);
        directory.Dispose();
    }

    private void Signal(int member, string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{processes[member]!.Id}"]);
        kill.WaitForExit();
    }

    private static (int Client, int Peer)[] FreePorts()
    {
        // All at once, so that no two are the same.
        var listeners = Enumerable.Range(0, 6).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var numbers = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return [.. Enumerable.Range(0, 3).Select(member => (numbers[2 * member], numbers[(2 * member) + 1]))];
    }
}
