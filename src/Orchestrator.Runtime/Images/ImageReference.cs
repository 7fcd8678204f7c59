using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Images;

/// <summary>
/// The name of an image, made complete the way all container tools do it: "nginx" is docker.io/library/nginx:latest. The
/// grammar is that of the distribution project's reference package.
/// </summary>
/// <param name="Domain">The registry's host and port.</param>
/// <param name="Path">The repository, e.g. "library/nginx".</param>
/// <param name="Tag">Null only when a digest names the image.</param>
public sealed partial record ImageReference(string Domain, string Path, string? Tag, Digest? Digest)
{
    private const string DefaultDomain = "docker.io";
    private const int RepositoryLimit = 255;

    /// <summary>Domain and path.</summary>
    public string Repository => $"{Domain}/{Path}";

    /// <exception cref="RuntimeException">InvalidArgument.</exception>
    public static ImageReference Parse(string text) => TryParse(text, out var reference, out var problem)
        ? reference
        : throw new RuntimeException(RuntimeError.InvalidArgument, $"couldn't parse image reference \"{text}\": {problem}");

    public static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference) => TryParse(text, out reference, out _);

    public ImageReference WithDigest(Digest digest) => this with { Tag = null, Digest = digest };

    /// <summary>What to ask a registry for.</summary>
    public string Selector => Digest?.ToString() ?? Tag!;

    /// <summary>The complete name. A digest makes the tag meaningless, so it is left out then.</summary>
    public override string ToString() => Digest is { } digest ? $"{Repository}@{digest}" : $"{Repository}:{Tag}";

    private static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        problem = "invalid reference format";
        var rest = text;
        Digest? digest = null;
        if (rest.LastIndexOf('@') is var at and >= 0)
        {
            if (!Content.Digest.TryParse(rest[(at + 1)..], out var parsed))
                return false;
            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is var colon and >= 0 && !rest.AsSpan(colon).Contains('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag))
                return false;
        }

        var (domain, path) = SplitDomain(rest);
        if (path != path.ToLowerInvariant())
        {
            problem = $"invalid reference format: repository name ({path}) must be lowercase";
            return false;
        }

        if (!PathPattern().IsMatch(path) || !DomainPattern().IsMatch(domain) || domain.Length + 1 + path.Length > RepositoryLimit)
            return false;
        problem = null;
        reference = new ImageReference(domain, path, tag ?? (digest is null ? "latest" : null), digest);
        return true;
    }

    private static (string Domain, string Path) SplitDomain(string name)
    {
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var isDomain = first.Contains('.') || first.Contains(':') || first == "localhost" || (first.Length > 0 && first != first.ToLowerInvariant());
        var (domain, path) = isDomain ? (first, name[(slash + 1)..]) : (DefaultDomain, name);
        if (domain is "index.docker.io")
            domain = DefaultDomain;
        if (domain == DefaultDomain && !path.Contains('/'))
            path = "library/" + path;
        return (domain, path);
    }

    [GeneratedRegex(@"^[\w][\w.-]{0,127}$", RegexOptions.ECMAScript)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$")]
    private static partial Regex DomainPattern();
}
