using System.Diagnostics;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Benchmarks;

/// <summary>An API server alone, on a data directory that outlives it.</summary>
internal sealed class ApiServerProcess(OrcProgram orc, string directory, string store) : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private Process? process;

    public int ProcessId => process!.Id;

    public ApiClientOptions Options { get; private set; } = null!;

    /// <summary>Starts it.</summary>
    /// <returns>After which time /readyz said that it is ready.</returns>
    /// <exception cref="TimeoutException">It is not ready after a minute.</exception>
    public TimeSpan Start()
    {
        var kubeconfig = directory + ".kubeconfig";
        var watch = Stopwatch.StartNew();
        process = orc.Start("apiserver", "--store", store, "--listen", "127.0.0.1:16443", "--data-dir", directory, "--kubeconfig", kubeconfig);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (; watch.Elapsed < StartLimit; Thread.Sleep(2))
        {
            if (IsReady(kubeconfig))
                return watch.Elapsed;
        }

        throw new TimeoutException($"the API server is not ready after {StartLimit}");
    }

    /// <summary>With SIGKILL: nothing is closed or written any more.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public void Dispose()
    {
        if (process is not null)
            Kill();
    }

    private bool IsReady(string kubeconfig)
    {
        try
        {
            Options = Kubeconfig.Load(kubeconfig, _ => null).ToClientOptions("bench");
            using var connection = new BenchConnection(Options);
            return connection.Send("GET", "/readyz").Status == 200;
        }
        catch (Exception e) when (e is KubeconfigException or IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
