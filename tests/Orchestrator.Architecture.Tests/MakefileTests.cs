using System.Diagnostics;

namespace Orchestrator.Architecture.Tests;

/// <summary>Targets that no test runs still have to be ones that could run.</summary>
public sealed class MakefileTests
{
    private static IEnumerable<string> Targets() => File.ReadAllLines(Path.Combine(Repository.Root, "Makefile"))
        .Where(line => line.Contains(": ", StringComparison.Ordinal) && line.Contains("##", StringComparison.Ordinal) && char.IsAsciiLetterLower(line[0]))
        .Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

    [TestCaseSource(nameof(Targets))]
    public void Target_NamesOnlyWhatIsThere(string target)
    {
        var start = new ProcessStartInfo("make", ["--warn-undefined-variables", "--dry-run", target])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var make = Process.Start(start)!;
        var commands = make.StandardOutput.ReadToEnd();
        var warnings = make.StandardError.ReadToEnd();
        make.WaitForExit();

        Assert.That(warnings, Is.Empty);
        foreach (var script in commands.Split([' ', '\n']).Where(word => word.StartsWith("hack/", StringComparison.Ordinal)))
            Assert.That(File.Exists(Path.Combine(Repository.Root, script)), $"{target} calls {script}");
    }
}
