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

    // What the simulation runs must do the same each time it is given the same seed: chance comes from a source that is passed in, time
    // from a TimeProvider, and work stays where it was begun.
    private static readonly string[] Simulated =
        ["Orchestrator.Api", "Orchestrator.ApiServer", "Orchestrator.Client", "Orchestrator.Controllers", "Orchestrator.Scheduler", "Orchestrator.Storage"];

    private const string AnArgument = @"(?:[^(),]|\((?:[^()]|\([^()]*\))*\))+";

    [TestCase(@"\bGuid\.(NewGuid|CreateVersion7)\b")]
    [TestCase(
        @"\bRandomNumberGenerator\.",
        "src/Orchestrator.ApiServer/Encryption/KeyFile.cs", "src/Orchestrator.ApiServer/Encryption/SealedValue.cs", // Keys and nonces.
        "src/Orchestrator.Client/Pki/CertificateAuthority.cs", "src/Orchestrator.Client/Streaming/WebSocketUpgrade.cs", // Serials; a handshake.
        "src/Orchestrator.ApiServer/Registry/NameGenerator.cs", "src/Orchestrator.ApiServer/Hosting/ClusterComposition.cs", // A seed where
        "src/Orchestrator.ApiServer/Resources/Core/Services/ServiceRanges.cs")] // none is given.
    [TestCase(
        @"\bTimeProvider\.System\b",
        "src/Orchestrator.ApiServer/Hosting/ApiServerHost.cs", "src/Orchestrator.Storage/Etcd/EtcdStore.cs", // The default of an argument.
        "src/Orchestrator.Storage/Memory/MemoryStore.cs", "src/Orchestrator.Storage/Sqlite/SqliteStore.cs")]
    [TestCase(@"\bStopwatch\b|\bEnvironment\.TickCount")]
    [TestCase(@"\bnew (System\.Threading\.)?(Timer|PeriodicTimer)\(|\bThreadPool\.|\bParallel\.|\bTask\.Factory\b")]
    [TestCase(
        @"\bnew Thread\(",
        "src/Orchestrator.Storage/Sqlite/LogCopier.cs", "src/Orchestrator.Storage/Sqlite/SqliteWriter.cs")] // A disk that blocks; not simulated.
    [TestCase(@"\bnew CancellationTokenSource\(" + AnArgument + @"\)|\bCancellationTokenSource \w+ = new\(" + AnArgument + @"\)")]
    [TestCase(@"\.CancelAfter\(", "src/Orchestrator.ApiServer/Streaming/UpgradeTunnel.cs")] // Between two sockets; not simulated.
    [TestCase(@"\bTask\.Delay\(" + AnArgument + "(," + AnArgument + @")?\)")]
    public void SimulatedSource_ChanceTimeOrThreadOfItsOwn_IsAbsent(string pattern, params string[] allowed)
    {
        var regex = new Regex(pattern);
        var found = Simulated.SelectMany(project => Repository.CSharpFiles(Path.Combine(Repository.Source, project)))
            .Where(file => regex.IsMatch(Code(file))).Select(Repository.Relative);
        // Equal, so that an exception goes when it is no longer needed.
        Assert.That(found, Is.EquivalentTo(allowed));
    }

    // The text without the words of line comments, which may name what the code must not use.
    private static string Code(string file) => LineComment().Replace(File.ReadAllText(file), "//");

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex LineComment();
}
