using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// A process as its pid file names it: by pid and start time (field 22 of /proc/PID/stat), so that no other one that was given its pid
/// is meant.
/// </summary>
internal sealed record Victim(int Pid, string StartTicks)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>Whether it lives. One that has ended stays in the table, as a zombie, until its parent asks after it.</summary>
    public bool IsAlive => Look(Pid) is { } seen && seen.StartTicks == StartTicks && seen.State is not ("Z" or "X");

    /// <exception cref="AssertionException">There is none.</exception>
    public static Victim Of(string pidFile)
    {
        Assert.That(pidFile, Does.Exist, "a component that nobody has killed runs");
        var parts = File.ReadAllText(pidFile).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.That(parts, Has.Length.EqualTo(2), pidFile);
        return new Victim(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
    }

    /// <summary>A child of ours, or one that was found in the table of processes.</summary>
    public static Victim Of(int pid) => new(pid, Look(pid)?.StartTicks ?? "");

    /// <summary>Returns once it has been killed, and by nobody before.</summary>
    public void Kill(string name)
    {
        Assert.That(IsAlive, Is.True, $"{name} ({this}) has ended by itself");
        using (var process = Process.GetProcessById(Pid))
            process.Kill();
        var clock = Stopwatch.StartNew();
        for (var wait = new SpinWait(); IsAlive; wait.SpinOnce())
            Assert.That(clock.Elapsed, Is.LessThan(EndLimit), $"{name} ({this}) lives on");
    }

    // Behind the command name, which is in parentheses and may itself hold spaces and parentheses.
    private static (string State, string StartTicks)? Look(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], fields[19]);
        }
        catch (IOException)
        {
            return null; // No such process.
        }
    }
}
