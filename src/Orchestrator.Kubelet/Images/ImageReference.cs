using System.Text.RegularExpressions;

namespace Orchestrator.Kubelet.Images;

/// <summary>Image names as the distribution specification writes them: [host[:port]/]path[:tag][@digest].</summary>
internal static partial class ImageReference
{
    /// <summary>Longest name without tag and digest.</summary>
    private const int MaxNameLength = 255;

    public static bool IsValid(string image) =>
        Grammar().Match(image) is { Success: true } match && match.Groups["name"].Length <= MaxNameLength;

    /// <summary>The registry an image comes from; docker.io when none is named.</summary>
    public static string RegistryOf(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return "docker.io";
        var first = image[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? first : "docker.io";
    }

    /// <summary>What imagePullPolicy is when the pod does not say (the API server sets it; static pods may lack it).</summary>
    public static string DefaultPullPolicy(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
            return "IfNotPresent";
        var tail = image[(image.LastIndexOf('/') + 1)..];
        return !tail.Contains(':', StringComparison.Ordinal) || tail.EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent";
    }

    [GeneratedRegex(
        @"^(?<name>((?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/|\[[a-fA-F0-9:]+\](?::[0-9]+)?/)?"
        + @"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
