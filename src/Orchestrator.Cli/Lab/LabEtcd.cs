using Orchestrator.Cli.Processes;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Cli.Lab;

/// <summary>The etcd that a lab starts for itself: one member, on loopback only, its data in the lab's directory.</summary>
internal sealed class LabEtcd(LabPaths paths, LabEtcdPorts ports, TimeProvider time)
{
    private const string Program = "etcd";
    private const uint LogMode = 0x1A0;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="UserException">It is not on this machine.</exception>
    public static string FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, Program))
            .FirstOrDefault(File.Exists)
        ?? throw new UserException("--store etcd needs etcd, which is not on this machine: install it (apt-get install etcd-server), or name a running one: --store http://HOST:2379");

    /// <summary>Starts it, unless it runs, and returns when it serves.</summary>
    /// <exception cref="UserException">It ended, or does not serve within <paramref name="limit"/>.</exception>
    public async Task StartAsync(TimeSpan limit, Action<string> progress, CancellationToken cancellationToken)
    {
        var component = new ComponentProcess(LabComponents.EtcdName, paths.PidFile(LabComponents.EtcdName));
        var started = component.IsRunning ? 0 : Launch();
        var began = time.GetTimestamp();
        using var client = new HttpClient { BaseAddress = new Uri(ClientUrl) };
        while (!await IsHealthyAsync(client, cancellationToken))
        {
            // A child that has ended still counts as a process until it is collected.
            if ((started > 0 && ChildProcess.TryReap(started)) || !component.IsRunning)
                throw new UserException($"etcd ended at once; see {Log}");
            if (time.GetElapsedTime(began) > limit)
                throw new UserException($"etcd does not serve after {limit.TotalSeconds:0} s; see {Log}");
            await Task.Delay(CheckInterval, time, cancellationToken);
        }

        if (started > 0)
            progress($"{LabComponents.EtcdName} serves at {ClientUrl}");
    }

    private string ClientUrl => $"http://127.0.0.1:{ports.Client}";

    private string PeerUrl => $"http://127.0.0.1:{ports.Peer}";

    private string Log => paths.LogFile(LabComponents.EtcdName);

    // It knows neither how to leave its terminal nor how to note its pid, so both are done for it.
    private int Launch()
    {
        Directory.CreateDirectory(paths.Etcd, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var log = FileCalls.Open(Log, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, LogMode);
        var pid = ChildProcess.SpawnDaemon(FindProgram(), Arguments(), log);
        ComponentProcess.WritePidFile(paths.PidFile(LabComponents.EtcdName), pid);
        return pid;
    }

    private IReadOnlyList<string> Arguments() =>
    [
        "--name", paths.Lab,
        "--data-dir", paths.Etcd,
        "--listen-client-urls", ClientUrl,
        "--advertise-client-urls", ClientUrl,
        "--listen-peer-urls", PeerUrl,
        "--initial-advertise-peer-urls", PeerUrl,
        "--initial-cluster", $"{paths.Lab}={PeerUrl}",
        "--logger", "zap",
    ];

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync("/health", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
    }
}
