using System.CommandLine;

namespace Orchestrator.Cli;

/// <summary>
/// Commands such as <c>orc ctr run IMAGE COMMAND -x</c> take what follows their first argument as it is, options too. The parser mixes
/// options and arguments freely, so a "--" is put in where the user, as with other container tools, need not write one.
/// </summary>
internal static class TrailingCommand
{
    /// <param name="path">Names of the command, e.g. "ctr", "run".</param>
    public static string[] Separate(Command root, string[] args, params ReadOnlySpan<string> path)
    {
        var command = root;
        foreach (var name in path)
        {
            if (command.Subcommands.FirstOrDefault(child => child.Name == name) is not { } next || args.Length == 0)
                return args;
            command = next;
        }

        if (args.Length < path.Length || !args.AsSpan(0, path.Length).SequenceEqual(path))
            return args;
        var index = path.Length;
        while (index < args.Length && args[index] is ['-', not '-', ..] or ['-', '-', _, ..])
            index += TakesNextWord(command, args[index]) ? 2 : 1;
        if (index >= args.Length || args[index] == "--")
            return args;
        // A "--" after the first argument, as kubectl exec wants it, means the same.
        var rest = index + 1 < args.Length && args[index + 1] == "--" ? index + 2 : index + 1;
        return [.. args[..index], "--", args[index], .. args[rest..]];
    }

    // Of "-it" the last letter decides; "--name=x" brings its value along.
    private static bool TakesNextWord(Command command, string word)
    {
        if (word.Contains('='))
            return false;
        var name = word.StartsWith("--", StringComparison.Ordinal) ? word : "-" + word[^1];
        return command.Options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name)) is { Arity.MinimumNumberOfValues: > 0 };
    }
}
