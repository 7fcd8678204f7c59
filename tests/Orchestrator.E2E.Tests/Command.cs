using System.Diagnostics;
using System.Text;

namespace Orchestrator.E2E.Tests;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record CommandResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <exception cref="AssertionException">It failed; the message has its output.</exception>
    public CommandResult Succeeded()
    {
        Assert.That(ExitCode, Is.Zero, $"{CommandLine}\n{Output}\n{Error}");
        return this;
    }

    public CommandResult Failed()
    {
        Assert.That(ExitCode, Is.Not.Zero, $"{CommandLine} should have failed\n{Output}");
        return this;
    }
}

/// <summary>Runs programs as a user would.</summary>
internal static class Command
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(90);

    public static CommandResult Run(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? limit = null)
    {
        using var process = Start(program, arguments);
        var output = new StringBuilder();
        var error = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var line = $"{program} {string.Join(' ', arguments)}";
        if (!process.WaitForExit(limit ?? DefaultLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{line} did not end in time\n{output}\n{error}");
        }

        process.WaitForExit();
        return new CommandResult(line, process.ExitCode, output.ToString(), error.ToString());
    }

    /// <summary>Starts a program that goes on; the caller ends it.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        return Process.Start(info)!;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
