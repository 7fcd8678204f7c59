using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Storage.Etcd;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>A real etcd of one member on free loopback ports, with a data directory of its own. All ends with Dispose.</summary>
internal sealed class EtcdServer : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly IReadOnlyList<string> extraArguments;
    private readonly int clientPort = FreePort();
    private readonly int peerPort = FreePort();
    private readonly string program;
    private readonly string scheme;
    private Process? process;

    private EtcdServer(string program, string scheme, IReadOnlyList<string> extraArguments)
    {
        this.program = program;
        this.scheme = scheme;
        this.extraArguments = extraArguments;
    }

    public Uri Endpoint => new(Address);

    private string Address => $"{scheme}://127.0.0.1:{clientPort}";

    /// <summary>Ignores the calling test when there is no etcd on this machine.</summary>
    public static EtcdServer Start(string scheme = "http", params IReadOnlyList<string> extraArguments)
    {
        var server = new EtcdServer(EtcdProgram.Find(), scheme, extraArguments);
        server.Run();
        return server;
    }

    /// <summary>Starts the program on the data it left.</summary>
    public void Run()
    {
        string[] arguments =
        [
            "--name", "test", "--data-dir", directory.File("data"), "--log-level", "error", "--logger", "zap", "--log-outputs", directory.File("log"),
            "--listen-client-urls", Address, "--advertise-client-urls", Address,
            "--listen-peer-urls", $"http://127.0.0.1:{peerPort}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peerPort}",
            "--initial-cluster", $"test=http://127.0.0.1:{peerPort}",
            "--heartbeat-interval", "20", "--election-timeout", "200",
            .. extraArguments,
        ];
        process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    /// <summary>As a crash: kill -9.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    /// <summary>Connects as soon as the server answers.</summary>
    public async Task<EtcdStore> ConnectAsync(EtcdStoreOptions? options = null)
    {
        options = (options ?? new EtcdStoreOptions { Endpoints = [] }) with { Endpoints = [Endpoint] };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await EtcdStore.ConnectAsync(options);
            }
            catch (StoreException e) when (e.Error == StoreError.Unavailable && attempt < 40)
            {
                Assert.That(process!.HasExited, Is.False, "etcd has ended; its log is in the data directory");
                await Task.Delay(100);
            }
        }
    }

    public void Dispose()
    {
        if (process is not null)
            Kill();
        directory.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
