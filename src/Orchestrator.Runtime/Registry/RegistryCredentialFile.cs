using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Registry;

internal sealed record CredentialDocument
{
    [JsonPropertyName("auths")]
    public Dictionary<string, CredentialItem> Auths { get; init; } = [];
}

internal sealed record CredentialItem
{
    /// <summary>base64 of "user:password".</summary>
    [JsonPropertyName("auth")]
    public string? Auth { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }
}

/// <summary>Logins to registries, in the form of docker's config.json; readable by root alone.</summary>
public sealed class RegistryCredentialFile(string path)
{
    private const string DockerHubKey = "https://index.docker.io/v1/";

    /// <summary>The login for the registry of an image reference's domain, or null.</summary>
    /// <exception cref="RuntimeException">FailedPrecondition, when the file is damaged.</exception>
    public RegistryAuth? Find(string domain)
    {
        var auths = Read().Auths;
        var item = auths.GetValueOrDefault(domain) ?? auths.GetValueOrDefault("https://" + domain) ?? (domain == "docker.io" ? auths.GetValueOrDefault(DockerHubKey) : null);
        if (item is null)
            return null;
        var pair = Decode(item.Auth ?? "").Split(':', 2);
        return new RegistryAuth(pair[0], pair.Length > 1 ? pair[1] : "", item.IdentityToken);
    }

    public void Set(string domain, string username, string password)
    {
        var document = Read();
        document.Auths[domain] = new CredentialItem { Auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")) };
        Write(document);
    }

    /// <returns>False when there was none.</returns>
    public bool Remove(string domain)
    {
        var document = Read();
        if (!document.Auths.Remove(domain))
            return false;
        Write(document);
        return true;
    }

    private CredentialDocument Read()
    {
        if (!File.Exists(path))
            return new CredentialDocument();
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.CredentialDocument) ?? new CredentialDocument();
        }
        catch (JsonException e)
        {
            throw new RuntimeException(RuntimeError.FailedPrecondition, $"the registry logins in {path} cannot be read: {e.Message}", e);
        }
    }

    private void Write(CredentialDocument document)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(document, RegistryJson.Default.CredentialDocument));
    }

    private static string Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}
