namespace Orchestrator.Cli.Cluster;

/// <summary>What "TYPE", "TYPE NAME…" and "TYPE/NAME…" on a command line stand for.</summary>
/// <param name="Name">Null means all of the type.</param>
internal sealed record ResourceTarget(DiscoveredResource Resource, string? Name);

internal static class ResourceArguments
{
    /// <exception cref="UserException">Not well formed, or an unknown type.</exception>
    public static IReadOnlyList<ResourceTarget> Parse(IReadOnlyList<string> words, ResourceMapper mapper)
    {
        if (words.Count == 0)
            throw new UserException("name a resource, for example 'pods', 'deploy web' or 'pod/web-1'", ExitCode.Usage);
        if (words.Any(word => word.Contains('/')))
            return [.. words.Select(word => ParsePair(word, mapper))];
        var types = words[0].Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(mapper.Find).ToList();
        return words.Count == 1
            ? [.. types.Select(type => new ResourceTarget(type, null))]
            : [.. types.SelectMany(type => words.Skip(1).Select(name => new ResourceTarget(type, name)))];
    }

    /// <summary>One "TYPE/NAME", or a bare name of <paramref name="defaultType"/>.</summary>
    public static ResourceTarget ParseOne(string word, string defaultType, ResourceMapper mapper) =>
        word.Contains('/') ? ParsePair(word, mapper) : new(mapper.Find(defaultType)[0], word);

    private static ResourceTarget ParsePair(string word, ResourceMapper mapper)
    {
        var parts = word.Split('/');
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            throw new UserException($"arguments in resource/name form must have a single resource and name, not '{word}'", ExitCode.Usage);
        return new(mapper.Find(parts[0])[0], parts[1]);
    }
}
