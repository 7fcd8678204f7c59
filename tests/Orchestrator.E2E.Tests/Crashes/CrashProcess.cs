using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>A program that is started, killed and started again, with what it has printed.</summary>
internal sealed class CrashProcess(string name, Func<(string Program, string[] Arguments)> start) : IDisposable
{
    private readonly ConcurrentQueue<string> said = new();
    private Process? process;

    /// <summary>What it has said since it was last started.</summary>
    public IReadOnlyCollection<string> Said => said;

    public bool IsRunning => process is { HasExited: false };

    public void Launch()
    {
        said.Clear();
        var (program, arguments) = start();
        process = Command.Start(program, arguments);
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <exception cref="AssertionException">It had ended by itself.</exception>
    public void Kill()
    {
        Victim.Of(process!.Id).Kill(name);
        Forget();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public int AwaitEnd(TimeSpan limit)
    {
        Assert.That(process!.WaitForExit(limit), Is.True, $"{name} goes on");
        var code = process.ExitCode;
        Forget();
        return code;
    }

    public void Signal(string signal) => Command.Run("kill", [$"-{signal}", process!.Id.ToString(CultureInfo.InvariantCulture)]).Succeeded();

    /// <summary>Ends it, whatever it is doing.</summary>
    public void Dispose()
    {
        process?.Kill();
        Forget();
    }

    private void Forget()
    {
        process?.WaitForExit();
        process?.Dispose();
        process = null;
    }
}
