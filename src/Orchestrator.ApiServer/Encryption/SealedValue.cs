using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>
/// A value as it lies in the store: "orc:aesgcm:v1:KEYID:", 12 bytes of nonce, the ciphertext, 16 bytes of tag. The store's key is
/// authenticated with it, so a value only opens where it was put. Frozen: it lies on disk.
/// </summary>
/// <remarks>
/// AES-256-GCM with random nonces: safe for some four thousand million values a key, which is what rotation is for. An attacker who
/// can write to the store can still put back an older value of the same object.
/// </remarks>
internal static class SealedValue
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static ReadOnlySpan<byte> Magic => "orc:aesgcm:v1:"u8;

    /// <summary>The id of the key a value was sealed with; null when it is not sealed.</summary>
    public static string? KeyIdOf(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith(Magic))
            return null;
        var rest = value[Magic.Length..];
        var end = rest.IndexOf((byte)':');
        return end < 0 ? null : Encoding.ASCII.GetString(rest[..end]);
    }

    public static byte[] Seal(string storeKey, ReadOnlySpan<byte> plain, string keyId, byte[] secret)
    {
        var header = Magic.Length + keyId.Length + 1;
        var value = new byte[header + NonceBytes + plain.Length + TagBytes];
        Magic.CopyTo(value);
        Encoding.ASCII.GetBytes(keyId, value.AsSpan(Magic.Length));
        value[header - 1] = (byte)':';
        var nonce = value.AsSpan(header, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(secret, TagBytes);
        cipher.Encrypt(nonce, plain, value.AsSpan(header + NonceBytes, plain.Length), value.AsSpan(value.Length - TagBytes), Encoding.UTF8.GetBytes(storeKey));
        return value;
    }

    /// <param name="fault">Why it does not open: the key is not there, or does not fit, or the value is not what was put here.</param>
    /// <returns>Null: it does not open.</returns>
    public static byte[]? TryOpen(string storeKey, ReadOnlySpan<byte> value, string keyId, KeyRing keys, out string? fault)
    {
        fault = null;
        byte[]? secret = null;
        try
        {
            secret = keys.Find(keyId);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            fault = $"{storeKey} is encrypted with key '{keyId}', and the keys cannot be read: {error.Message}";
        }

        if (secret is null)
        {
            fault ??= $"{storeKey} is encrypted with key '{keyId}', which is not in {keys.Path}";
            return null;
        }

        var body = value[(Magic.Length + keyId.Length + 1)..];
        if (body.Length < NonceBytes + TagBytes)
        {
            fault = Tampered(storeKey, keyId);
            return null;
        }

        var plain = new byte[body.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(secret, TagBytes);
        try
        {
            cipher.Decrypt(body[..NonceBytes], body[NonceBytes..^TagBytes], body[^TagBytes..], plain, Encoding.UTF8.GetBytes(storeKey));
        }
        catch (AuthenticationTagMismatchException)
        {
            fault = Tampered(storeKey, keyId);
            return null;
        }

        return plain;
    }

    private static string Tampered(string storeKey, string keyId) =>
        $"{storeKey} does not open with key '{keyId}': it was changed outside of the API server, or moved here from elsewhere, or the key is another one of that name";
}
