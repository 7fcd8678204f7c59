using System.Text.RegularExpressions;

namespace Orchestrator.Architecture.Tests;

/// <summary>Reads the source for what breaks determinism or hides errors. It guards correctness, not taste.</summary>
public sealed partial class TidyTests
{
    // A file that owns real threads, real time or the console says so here, with the reason.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Task.Run"] = [],
        ["ConfigureAwait(false)"] = [],
        ["async void"] = ["src/Orchestrator.Shim/Loop/"], // An epoll callback; the loop itself is the only awaiter.
        ["Console."] = ["src/Orchestrator.Cli/", "src/Orchestrator.Demo/", "src/Orchestrator.Shim/"],
    };

    [TestCase(@"\bDateTime(Offset)?\.(Utc)?Now\b", "")]
    [TestCase(@"\bThread\.Sleep\b", "")]
    [TestCase(@"\bRandom\.Shared\b|\bnew Random\(\)", "")]
    [TestCase(@"\basync void\b", "async void")]
    [TestCase(@"\bTask\.Run\(", "Task.Run")]
    [TestCase(@"\.ConfigureAwait\(false\)", "ConfigureAwait(false)")]
    [TestCase(@"\bConsole\.(Write|Out|Error)", "Console.")]
    [TestCase(@"\bcatch\s*(\(\s*\w*Exception\s*\))?\s*\{\s*\}", "")]
    [TestCase(@"\bNotImplementedException\b|\bTODO\b|\bFIXME\b", "")]
    public void Source_ForbiddenConstruct_IsAbsent(string pattern, string allowance)
    {
        var allowed = Allowed.GetValueOrDefault(allowance, []);
        var regex = new Regex(pattern);
        var found = Repository.CSharpFiles(Repository.Source)
            .Where(file => !allowed.Any(prefix => Repository.Relative(file).StartsWith(prefix, StringComparison.Ordinal)))
            .Where(file => regex.IsMatch(Code(file)))
            .Select(Repository.Relative);
        Assert.That(found, Is.Empty);
    }

    // The text without the words of line comments, which may name what the code must not use.
    private static string Code(string file) => LineComment().Replace(File.ReadAllText(file), "//");

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex LineComment();
}
