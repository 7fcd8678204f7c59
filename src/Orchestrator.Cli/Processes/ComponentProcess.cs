using System.Globalization;

namespace Orchestrator.Cli.Processes;

/// <summary>
/// A component that runs in the background, known by its pid file. The file holds the pid and the process's start time (clock
/// ticks since boot, field 22 of /proc/PID/stat) so that a pid that was reused is not taken for the component.
/// </summary>
internal sealed class ComponentProcess(string name, string pidFile)
{
    private static readonly TimeSpan EndCheckInterval = TimeSpan.FromMilliseconds(5);

    public string Name { get; } = name;

    /// <summary>The pid while it runs, else null.</summary>
    public int? Pid => Read() is { } entry && StartTicks(entry.Pid) == entry.StartTicks && !HasEnded(entry.Pid) ? entry.Pid : null;

    public bool IsRunning => Pid is not null;

    public bool IsFrozen => Pid is { } pid && State(pid) == 'T';

    /// <summary>
    /// Notes the calling process as this component. A file beside the pid file stays locked for as long as the process lives (flock(2)),
    /// since between its start and its pid file somebody may have started it a second time. Null: so it is.
    /// </summary>
    public static IDisposable? TryClaim(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream claim;
        try
        {
            claim = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }

        WritePidFile(path, Environment.ProcessId);
        return claim;
    }

    /// <summary>Notes a process that cannot do so itself.</summary>
    public static void WritePidFile(string path, int pid)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{pid} {StartTicks(pid)}\n"));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Sends a signal. False when it does not run.</summary>
    public bool Signal(UnixSignal signal)
    {
        if (Pid is not { } pid)
            return false;
        Linux.Processes.Signals.Send(pid, (int)signal);
        return true;
    }

    /// <summary>Ends it: politely first, by force after <paramref name="grace"/>. Removes the pid file.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Signal(UnixSignal.Continue) && Signal(UnixSignal.Terminate) && !await EndsWithinAsync(grace, time, cancellationToken))
        {
            Signal(UnixSignal.Kill);
            await EndsWithinAsync(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }

        RemovePidFile();
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (Signal(UnixSignal.Kill))
            await EndsWithinAsync(Timeout.InfiniteTimeSpan, time, cancellationToken);

        RemovePidFile();
    }

    // File.Delete minds a missing directory, which is what a reboot leaves of /run.
    private void RemovePidFile()
    {
        if (File.Exists(pidFile))
            File.Delete(pidFile);
    }

    // Not waitpid(2): it is no child of ours. Nor the end of its /proc entry: whoever inherited it may take seconds to collect it.
    private async Task<bool> EndsWithinAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (IsRunning)
        {
            if (limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(began) > limit)
                return false;
            await Task.Delay(EndCheckInterval, time, cancellationToken);
        }

        return true;
    }

    private (int Pid, long StartTicks)? Read()
    {
        string text;
        try
        {
            text = File.ReadAllText(pidFile);
        }
        catch (IOException)
        {
            return null; // Never started, or stopped.
        }

        var parts = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2 && int.TryParse(parts[0], out var pid) && long.TryParse(parts[1], out var ticks) ? (pid, ticks) : null;
    }

    private static long? StartTicks(int pid) => StatFields(pid) is { } fields && fields.Length > 19 ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    // One that was killed stays in the table, as a zombie, until its parent asks after it.
    private static bool HasEnded(int pid) => State(pid) is null or 'Z' or 'X';

    private static char? State(int pid) => StatFields(pid) is { Length: > 0 } fields ? fields[0][0] : null;

    // The fields behind the command name, which is in parentheses and may itself hold spaces and parentheses.
    private static string[]? StatFields(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // No such process.
        }
    }
}

/// <summary>signal(7) numbers on Linux.</summary>
internal enum UnixSignal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
