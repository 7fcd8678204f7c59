using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orchestrator.Linux.Files;

namespace Orchestrator.ApiServer.Authentication.Tokens;

/// <summary>
/// The keys of service account tokens: the newest signs, all verify, so tokens outlive a rotation. Kept as
/// <c>service-account*.key</c> files (PKCS #8, mode 0600), in the order of their names. Thread-safe.
/// </summary>
public sealed class SigningKeys : IDisposable
{
    private const string Pattern = "service-account*.key";

    private readonly List<SigningKey> keys;

    private SigningKeys(List<SigningKey> keys) => this.keys = keys;

    /// <summary>One new key, in memory only.</summary>
    public static SigningKeys Create() => new([new SigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP256))]);

    /// <summary>Loads the keys of a directory; makes the first one when there is none.</summary>
    /// <exception cref="CryptographicException">A file does not hold an EC key.</exception>
    public static SigningKeys LoadOrCreate(string directory)
    {
        Directory.CreateDirectory(directory, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        if (!Directory.EnumerateFiles(directory, Pattern).Any())
            WriteNew(Path.Combine(directory, "service-account.key"));
        return Load(directory);
    }

    /// <summary>Adds a key that signs from the next start on; the others go on verifying until their files are removed.</summary>
    public static SigningKeys Rotate(string directory, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        WriteNew(Path.Combine(directory, $"service-account-{now:yyyyMMddHHmmss}.key"));
        return Load(directory);
    }

    internal SigningKey Signer => keys[^1];

    internal SigningKey? Find(string id) => keys.Find(key => key.Id == id);

    /// <summary>The public keys as a JSON Web Key Set (RFC 7517).</summary>
    public JsonObject ToKeySet()
    {
        var all = new JsonArray();
        foreach (var key in keys)
            all.Add(key.ToWebKey());
        return new JsonObject { ["keys"] = all };
    }

    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
    }

    private static SigningKeys Load(string directory)
    {
        var keys = new List<SigningKey>();
        // The extension is left out of the order, so that "service-account", the first key made, stands before "service-account-2026…".
        foreach (var file in Directory.GetFiles(directory, Pattern).OrderBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal))
        {
            keys.Add(new SigningKey(Read(file)));
        }

        return new SigningKeys(keys);
    }

    private static ECDsa Read(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException($"{path} does not hold an EC key: {error.Message}", error);
        }
    }

    private static void WriteNew(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // When another server was faster, its key is as good.
        DurableFile.TryCreate(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
    }
}

/// <summary>One ECDSA P-256 key. Calls are serialised: the platform does not promise that a key may be used concurrently.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock gate = new();

    public SigningKey(ECDsa key)
    {
        this.key = key;
        Id = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Names the key in tokens: a hash of its public part.</summary>
    public string Id { get; }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (gate)
            return key.SignData(data, HashAlgorithmName.SHA256);
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (gate)
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
    }

    public JsonObject ToWebKey()
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["use"] = "sig",
            ["kty"] = "EC",
            ["kid"] = Id,
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["x"] = System.Buffers.Text.Base64Url.EncodeToString(parameters.Q.X!),
            ["y"] = System.Buffers.Text.Base64Url.EncodeToString(parameters.Q.Y!),
        };
    }

    public void Dispose() => key.Dispose();
}
