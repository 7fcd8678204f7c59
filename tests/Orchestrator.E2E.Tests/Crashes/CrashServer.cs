using System.Net;
using System.Net.Sockets;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>An API server by itself, on an address that stays its own.</summary>
/// <param name="directory">Holds its kubeconfig.</param>
/// <param name="store">Its store and data directory.</param>
internal sealed class CrashServer(string directory, Func<string[]> store, params string[] environment) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly int port = FreePorts(1)[0];
    private CrashProcess? process;
    private CrashClient? client;

    /// <summary>Clients outlive it.</summary>
    public CrashClient Client => client ??= CrashClient.Of(Kubeconfig);

    public CrashProcess Process => process ??= new CrashProcess("the API server", () =>
        ("env", [.. environment, LabUnderTest.Orc, "apiserver", .. store(), "--listen", $"127.0.0.1:{port}", "--kubeconfig", Kubeconfig, .. Options]));

    /// <summary>More of them, from its next start on.</summary>
    public string[] Options { get; set; } = [];

    private string Kubeconfig => Path.Combine(directory, "kubeconfig");

    public void Start()
    {
        Process.Launch();
        AwaitReady();
    }

    public void AwaitReady() => Eventually.Holds("ready", Soon, () => Readiness() is { } problem ? $"{problem}\n{string.Join('\n', Process.Said)}" : null);

    /// <returns>Null when it is ready, else what it says.</returns>
    public string? Readiness() => File.Exists(Kubeconfig) ? Client.ReadinessAsync().GetAwaiter().GetResult() : "it has not begun";

    /// <summary>With another data directory it is another cluster, whose certificates are its own.</summary>
    public void ForgetCluster()
    {
        client?.Dispose();
        client = null;
        File.Delete(Kubeconfig);
    }

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    public void Dispose()
    {
        process?.Dispose();
        client?.Dispose();
    }
}
