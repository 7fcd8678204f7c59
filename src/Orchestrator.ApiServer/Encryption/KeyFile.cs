using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Linux.Files;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>
/// The file that holds the keys secrets are encrypted with. Readable by its owner alone, and replaced as a whole, so that servers
/// never see half of a change.
/// </summary>
public static class KeyFile
{
    public const string FileName = "secrets-encryption.json";

    private const int KeyBytes = 32;
    private const UnixFileMode Others = ~(DurableFile.OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Makes the file with one key, unless it is there.</summary>
    public static void Ensure(string path, TimeProvider time)
    {
        if (!File.Exists(path))
            Save(path, new EncryptionKeySet([NewKey(1, time)]), overwrite: false);
    }

    /// <summary>Adds a key, which new writes use from then on; the others stay for what they have encrypted.</summary>
    /// <returns>The new key's id.</returns>
    /// <exception cref="InvalidDataException">The file holds no keys, or others may read it.</exception>
    public static string Rotate(string path, TimeProvider time)
    {
        var keys = Load(path).Keys;
        var key = NewKey(keys.Count + 1, time);
        Save(path, new EncryptionKeySet([.. keys, key]), overwrite: true);
        return key.Id;
    }

    /// <exception cref="InvalidDataException">The file holds no keys, or others may read it.</exception>
    internal static EncryptionKeySet Load(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
            throw new InvalidDataException($"{path} can be read by others (mode {Convert.ToString((int)mode, 8)}): chmod 600 it");
        EncryptionKeySet? set;
        try
        {
            set = JsonSerializer.Deserialize(File.ReadAllBytes(path), EncryptionJsonContext.Default.EncryptionKeySet);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} holds no keys: {error.Message}");
        }

        if (set?.Keys is not { Count: > 0 } keys)
            throw new InvalidDataException($"{path} holds no keys");
        foreach (var key in keys)
        {
            if (!IsId(key.Id) || !Convert.TryFromBase64String(key.Secret, new byte[KeyBytes + 1], out var length) || length != KeyBytes)
                throw new InvalidDataException($"{path}: key '{key.Id}' is not {KeyBytes} bytes in base64 under an id of letters, digits and '-'");
        }

        return set;
    }

    private static bool IsId(string? id) => id is { Length: > 0 and < 64 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    // The number tells people the order, the random rest keeps two files' keys apart.
    private static EncryptionKey NewKey(int number, TimeProvider time) =>
        new($"k{number}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}", time.GetUtcNow(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));

    private static void Save(string path, EncryptionKeySet keys, bool overwrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        // What is encrypted with a key must not be on disk before the key is.
        var content = JsonSerializer.SerializeToUtf8Bytes(keys, EncryptionJsonContext.Default.EncryptionKeySet);
        if (overwrite)
            DurableFile.Replace(path, content);
        else
            DurableFile.TryCreate(path, content); // When another server that starts beside this one was faster, both use its key.
    }
}
