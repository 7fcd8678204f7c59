using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Orchestrator.ApiServer.Authentication.Tokens;

/// <summary>JSON web tokens signed with ES256 (RFC 7515, RFC 7518): three parts of unpadded base64, joined by dots.</summary>
internal static class WebToken
{
    /// <summary>Longer texts are no tokens of ours.</summary>
    private const int MaxLength = 16 * 1024;

    public static string Sign(SigningKey key, byte[] payload)
    {
        var header = Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{key.Id}}"}""");
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The payload when one of the keys signed the token; null for anything else.</summary>
    public static byte[]? Verify(SigningKeys keys, string token)
    {
        if (token.Length > MaxLength || token.Split('.') is not [var header, var payload, var signature])
            return null;
        try
        {
            if (KeyOf(keys, Base64Url.DecodeFromChars(header)) is not { } key)
                return null;
            var signed = Encoding.ASCII.GetBytes(token, 0, header.Length + 1 + payload.Length);
            return key.Verify(signed, Base64Url.DecodeFromChars(signature)) ? Base64Url.DecodeFromChars(payload) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static SigningKey? KeyOf(SigningKeys keys, byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            // The algorithm is fixed: a token that names another (or "none") is refused whatever its signature.
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("alg", out var algorithm) && algorithm.GetString() == "ES256"
                && root.TryGetProperty("kid", out var id) && id.GetString() is { } keyId
                ? keys.Find(keyId)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
