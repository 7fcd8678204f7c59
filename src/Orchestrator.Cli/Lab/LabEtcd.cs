using System.Globalization;
using Orchestrator.Cli.Processes;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Cli.Lab;

/// <summary>
/// The etcd that a lab starts for itself: one member or several, on loopback only, their data in the lab's directory. Members and
/// clients know each other by certificates.
/// </summary>
internal sealed class LabEtcd(LabPaths paths, IReadOnlyList<LabEtcdMember> members, TimeProvider time)
{
    private const string Program = "etcd";
    private const uint LogMode = 0x1A0;
    private const UnixFileMode DataMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly LabEtcdPki pki = new(paths);

    /// <exception cref="UserException">It is not on this machine.</exception>
    public static string FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, Program))
            .FirstOrDefault(File.Exists)
        ?? throw new UserException("--store etcd needs etcd, which is not on this machine: install it (apt-get install etcd-server), or name a running one: --store http://HOST:2379");

    /// <summary>Starts the members that do not run, and returns when all serve.</summary>
    /// <exception cref="UserException">One ended, or does not serve within <paramref name="limit"/>.</exception>
    public async Task StartAsync(TimeSpan limit, Action<string> progress, CancellationToken cancellationToken)
    {
        pki.Ensure(members, time);
        Adopt();
        var children = members.Where(member => !ProcessOf(member).IsRunning).ToDictionary(member => member, Launch);
        using var client = pki.NewClient();
        var began = time.GetTimestamp();
        foreach (var member in members)
        {
            while (!await IsHealthyAsync(client, member, cancellationToken))
            {
                // A child that has ended still counts as a process until it is collected.
                if ((children.TryGetValue(member, out var child) && ChildProcess.TryReap(child)) || !ProcessOf(member).IsRunning)
                    throw new UserException($"{member.Name} ended at once; see {paths.LogFile(member.Name)}");
                if (time.GetElapsedTime(began) > limit)
                    throw new UserException($"{member.Name} does not serve after {limit.TotalSeconds:0} s; see {paths.LogFile(member.Name)}");
                await Task.Delay(CheckInterval, time, cancellationToken);
            }

            if (children.ContainsKey(member))
                progress($"{member.Name} serves at {member.ClientUrl}");
        }
    }

    private ComponentProcess ProcessOf(LabEtcdMember member) => new(member.Name, paths.PidFile(member.Name));

    /// <summary>An <c>orc up</c> that was killed may have started a member and not have noted it.</summary>
    private void Adopt()
    {
        var lost = members.Where(member => !ProcessOf(member).IsRunning).ToDictionary(member => $"--data-dir\0{paths.EtcdData(member.Name)}\0");
        if (lost.Count == 0)
            return;
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            var line = ReadCommandLine(directory);
            foreach (var (argument, member) in lost)
            {
                if (line.Contains(argument, StringComparison.Ordinal))
                    ComponentProcess.WritePidFile(paths.PidFile(member.Name), int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture));
            }
        }
    }

    private static string ReadCommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    // It knows neither how to leave its terminal nor how to note its pid, so both are done for it.
    private int Launch(LabEtcdMember member)
    {
        Directory.CreateDirectory(paths.EtcdData(member.Name), DataMode);
        using var log = FileCalls.Open(paths.LogFile(member.Name), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, LogMode);
        var pid = ChildProcess.SpawnDaemon(FindProgram(), Arguments(member), log);
        ComponentProcess.WritePidFile(paths.PidFile(member.Name), pid);
        return pid;
    }

    private IReadOnlyList<string> Arguments(LabEtcdMember member) =>
    [
        "--name", member.Name,
        "--data-dir", paths.EtcdData(member.Name),
        "--listen-client-urls", member.ClientUrl,
        "--advertise-client-urls", member.ClientUrl,
        "--listen-peer-urls", member.PeerUrl,
        "--initial-advertise-peer-urls", member.PeerUrl,
        "--initial-cluster", string.Join(',', members.Select(one => $"{one.Name}={one.PeerUrl}")),
        "--initial-cluster-token", $"orc-{paths.Lab}",
        "--client-cert-auth", "--trusted-ca-file", pki.CaFile, "--cert-file", pki.CertificateOf(member.Name), "--key-file", pki.KeyOf(member.Name),
        "--peer-client-cert-auth", "--peer-trusted-ca-file", pki.CaFile,
        "--peer-cert-file", pki.CertificateOf(member.Name), "--peer-key-file", pki.KeyOf(member.Name),
        "--logger", "zap",
    ];

    private async Task<bool> IsHealthyAsync(HttpClient client, LabEtcdMember member, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await client.GetAsync($"{member.ClientUrl}/health", either.Token);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // It waits for a leader, or is stopped.
        }
    }
}
