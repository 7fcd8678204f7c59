using System.Text;
using System.Text.Json;
using Orchestrator.Kubelet.Objects;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Images;

/// <summary>Credentials for a registry, from a pod's imagePullSecrets.</summary>
internal sealed class PullSecrets(IObjectReader objects)
{
    /// <summary>Credentials to try in turn; empty means without any. Secrets that are missing or malformed count as absent.</summary>
    public async Task<IReadOnlyList<Cri.RegistryAuth>> FindAsync(Pod pod, string image, CancellationToken cancellationToken)
    {
        if (pod.Spec?.ImagePullSecrets is not { Count: > 0 } references)
            return [];
        var registry = ImageReference.RegistryOf(image);
        var found = new List<Cri.RegistryAuth>();
        foreach (var reference in references)
        {
            if (reference.Name is { Length: > 0 } name
                && await objects.FindAsync<Secret>(pod.Namespace(), name, cancellationToken) is { Data: { } data })
                found.AddRange(Parse(data, registry));
        }

        return found;
    }

    internal static IEnumerable<Cri.RegistryAuth> Parse(IReadOnlyDictionary<string, byte[]> data, string registry)
    {
        var isModern = data.TryGetValue(".dockerconfigjson", out var bytes);
        if (!isModern && !data.TryGetValue(".dockercfg", out bytes))
            yield break;
        using var document = TryParse(bytes!);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            yield break;
        var auths = document.RootElement;
        if (isModern && (!auths.TryGetProperty("auths", out auths) || auths.ValueKind != JsonValueKind.Object))
            yield break;
        foreach (var entry in auths.EnumerateObject())
        {
            if (HostOf(entry.Name) == HostOf(registry) && ToAuth(entry.Value) is { } auth)
                yield return auth;
        }
    }

    private static JsonDocument? TryParse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keys may be "https://index.docker.io/v1/" as well as "registry:5000".</summary>
    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? key : key[(scheme + 3)..];
        var host = rest.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? rest[..slash] : rest;
        return host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host;
    }

    private static Cri.RegistryAuth? ToAuth(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return null;
        var username = Text(entry, "username");
        var password = Text(entry, "password");
        if (Text(entry, "auth") is { } auth && Decode(auth) is { } pair && pair.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            (username, password) = (pair[..colon], pair[(colon + 1)..]);
        return username is null && Text(entry, "identitytoken") is null && Text(entry, "registrytoken") is null
            ? null
            : new(username ?? "", password ?? "", Text(entry, "identitytoken"), Text(entry, "registrytoken"));
    }

    private static string? Decode(string base64)
    {
        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0') : null;
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
