using Orchestrator.Runtime.Builder;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Tests.Builder;

[TestFixture]
internal sealed class DockerfileParserTests
{
    [Test]
    public void Parse_ContinuedLinesAndComments_AreJoined()
    {
        var file = Parse("# a comment\nFROM scratch AS Base\nRUN a && \\\n  # inside\n\n  b \\\n  c\nCMD x\n");

        Assert.That(file.Stages[0].Name, Is.EqualTo("base"));
        Assert.That(file.Stages[0].Instructions.Select(i => (i.ToString(), i.Line)), Is.EqualTo(new[] { ("RUN a &&   b   c", 3), ("CMD x", 8) }));
    }

    [Test]
    public void Parse_EscapeDirective_ChangesTheContinuation()
    {
        var file = Parse("# escape=`\nFROM scratch\nCOPY a `\n  b\\\n");

        Assert.That(file.Stages[0].Instructions[0].Arguments, Is.EqualTo("a   b\\"));
    }

    [Test]
    public void Parse_Heredoc_TakesTheLinesUpToItsEnd()
    {
        var file = Parse("FROM scratch\nCOPY <<-EOF <<\"RAW\" /etc/\n\ta $x\n\tEOF\n# kept\nRAW\nCMD x\n");
        var copy = file.Stages[0].Instructions[0];

        Assert.That(copy.Heredocs, Is.EqualTo(new[] { new Heredoc("EOF", "a $x\n", true), new Heredoc("RAW", "# kept\n", false) }));
        Assert.That(file.Stages[0].Instructions[1].Line, Is.EqualTo(7));
    }

    [TestCase("FROM scratch\n\nBOGUS x\n", "Dockerfile:3: unknown instruction: BOGUS")]
    [TestCase("RUN x\n", "Dockerfile:1: RUN before the first FROM")]
    [TestCase("", "Dockerfile: there is no FROM instruction")]
    [TestCase("FROM a b\n", "Dockerfile:1: FROM needs an image or stage, optionally followed by \"AS name\"")]
    [TestCase("FROM a AS 1x\n", "Dockerfile:1: \"1x\" is not a stage name (letters, digits, '-', '_' and '.', a letter first)")]
    [TestCase("FROM scratch\nCOPY\n", "Dockerfile:2: COPY needs arguments")]
    [TestCase("FROM scratch\nRUN --mount=type=cache,target=/x y\n", "Dockerfile:2: RUN --mount=type=cache,target=/x is not supported")]
    [TestCase("FROM scratch\nRUN <<EOF\nx\n", "Dockerfile:2: the heredoc <<EOF has no end")]
    public void Parse_Mistake_NamesFileAndLine(string text, string message) =>
        Assert.That(() => Parse(text), Throws.TypeOf<RuntimeException>().With.Message.EqualTo(message));

    private static Dockerfile Parse(string text) => DockerfileParser.Parse("Dockerfile", text);
}

[TestFixture]
internal sealed class ShellWordsTests
{
    private static readonly Dictionary<string, string> variables = new() { ["a"] = "1", ["empty"] = "", ["path"] = "x y" };

    [TestCase("$a", "1")]
    [TestCase("${a}b", "1b")]
    [TestCase("$ab", "")]
    [TestCase("'$a'", "$a")]
    [TestCase("\"$a\"", "1")]
    [TestCase("\\$a", "$a")]
    [TestCase("\"\\$a\\\"\"", "$a\"")]
    [TestCase("${none:-d}", "d")]
    [TestCase("${empty:-d}", "d")]
    [TestCase("${empty-d}", "")]
    [TestCase("${a:+yes}", "yes")]
    [TestCase("${empty:+yes}", "")]
    [TestCase("${none:-${a}x}", "1x")]
    [TestCase("5$", "5$")]
    public void Expand_Text_Substitutes(string text, string expected) =>
        Assert.That(new ShellWords(variables, '\\').Expand(text), Is.EqualTo(expected));

    [Test]
    public void Split_QuotesAndVariables_KeepWordsTogether() =>
        Assert.That(new ShellWords(variables, '\\').Split("a  \"b c\" $path d\\ e ''"), Is.EqualTo(new[] { "a", "b c", "x y", "d e", "" }));

    [TestCase("${a")]
    [TestCase("'x")]
    [TestCase("\"x")]
    [TestCase("${a#x}")]
    [TestCase("${none:?is missing}")]
    public void Expand_Mistake_IsRefused(string text) =>
        Assert.That(() => new ShellWords(variables, '\\').Expand(text), Throws.TypeOf<InstructionException>());
}

[TestFixture]
internal sealed class DockerIgnoreTests
{
    [TestCase("node_modules", "node_modules/a/b", true)]
    [TestCase("node_modules", "src/node_modules", false)]
    [TestCase("**/node_modules", "src/node_modules/x", true)]
    [TestCase("*.log", "a.log", true)]
    [TestCase("*.log", "d/a.log", false)]
    [TestCase("**/*.log", "d/a.log", true)]
    [TestCase("*.log\n!keep.log", "keep.log", false)]
    [TestCase("!keep.log\n*.log", "keep.log", true)]
    [TestCase("/bin", "bin/x", true)]
    [TestCase("a?c", "abc", true)]
    [TestCase("a[0-9]", "a5", true)]
    [TestCase("# comment\n\n", "# comment", false)]
    public void Excludes_Path_FollowsTheLastMatch(string patterns, string path, bool expected) =>
        Assert.That(DockerIgnore.Parse(patterns).Excludes(path), Is.EqualTo(expected));
}
