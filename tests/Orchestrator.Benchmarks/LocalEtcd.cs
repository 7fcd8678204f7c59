using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Storage;

namespace Orchestrator.Benchmarks;

/// <summary>One etcd member on loopback, for as long as the measurement takes.</summary>
internal sealed class LocalEtcd : IDisposable
{
    private readonly Process process;
    private readonly Uri endpoint;

    private LocalEtcd(Process process, Uri endpoint)
    {
        this.process = process;
        this.endpoint = endpoint;
    }

    public int ProcessId => process.Id;

    /// <summary>As <c>--store</c> takes it.</summary>
    public string Address => endpoint.GetLeftPart(UriPartial.Authority);

    public StoreOptions Options => new() { Engine = StoreEngine.Etcd, Endpoints = [endpoint] };

    /// <summary>What is said where a row for etcd would stand, when it is not there.</summary>
    public static void PrintMissing() => Figures.Print("etcd", "not on this machine: install etcd-server to have its rows");

    /// <summary>Null when etcd is not on this machine.</summary>
    public static LocalEtcd? TryStart(string directory)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(path => Path.Combine(path, "etcd")).FirstOrDefault(File.Exists);
        if (program is null)
            return null;
        var (client, peer) = ($"http://127.0.0.1:{FreePort()}", $"http://127.0.0.1:{FreePort()}");
        var info = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--data-dir", directory, "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}", "--log-level", "error", "--quota-backend-bytes", "4294967296"])
            info.ArgumentList.Add(argument);
        var process = Process.Start(info)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new LocalEtcd(process, new Uri(client));
    }

    public async Task<IKeyValueStore> ConnectAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await StoreFactory.OpenAsync(Options);
            }
            catch (StoreException) when (watch.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(50);
            }
        }
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
