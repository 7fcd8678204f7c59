using System.CommandLine;
using System.CommandLine.Parsing;

namespace Orchestrator.Cli;

/// <summary>What is wrong with a command line, in words that name what the user wrote or left out.</summary>
internal static class UsageErrors
{
    public static IEnumerable<string> Describe(ParseResult parsed) => parsed.Errors.Select(Describe).Distinct();

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Argument: { } argument, Parent: CommandResult } => $"<{argument.Name}> is missing",
        ArgumentResult { Tokens: [var token], Argument: { } argument } when IsConversion(error) => $"{argument.Name}: '{token.Value}' is not {NameOf(argument.ValueType)}",
        OptionResult { Tokens: [var token], Option: { } option } when IsConversion(error) => $"{option.Name}: '{token.Value}' is not {NameOf(option.ValueType)}",
        _ => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };

    // The library tells the type by its name in the program.
    private static bool IsConversion(ParseError error) => error.Message.Contains("as expected type", StringComparison.Ordinal);

    private static string NameOf(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        TypeCode.Boolean => "true or false",
        _ => "of the right form",
    };
}
