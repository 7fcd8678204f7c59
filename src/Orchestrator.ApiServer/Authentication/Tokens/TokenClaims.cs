using System.Text.Json;

namespace Orchestrator.ApiServer.Authentication.Tokens;

/// <summary>What a service account token says. Times are seconds since 1970 (RFC 7519).</summary>
internal sealed record TokenClaims
{
    public required string Issuer { get; init; }
    public required IReadOnlyList<string> Audiences { get; init; }
    public required long IssuedAt { get; init; }
    public required long Expires { get; init; }
    public required string Id { get; init; }
    public required string Namespace { get; init; }
    public required string ServiceAccount { get; init; }
    public required string ServiceAccountUid { get; init; }

    public NamedObject? Pod { get; init; }
    public NamedObject? Secret { get; init; }
    public NamedObject? Node { get; init; }

    public string Subject => ServiceAccountName.UserName(Namespace, ServiceAccount);

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("aud");
            foreach (var audience in Audiences)
                writer.WriteStringValue(audience);
            writer.WriteEndArray();
            writer.WriteNumber("exp", Expires);
            writer.WriteNumber("iat", IssuedAt);
            writer.WriteString("iss", Issuer);
            writer.WriteString("jti", Id);
            writer.WriteStartObject("kubernetes.io");
            writer.WriteString("namespace", Namespace);
            Write(writer, "node", Node);
            Write(writer, "pod", Pod);
            Write(writer, "secret", Secret);
            Write(writer, "serviceaccount", new NamedObject(ServiceAccount, ServiceAccountUid));
            writer.WriteEndObject();
            writer.WriteNumber("nbf", IssuedAt);
            writer.WriteString("sub", Subject);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null when the text is not the payload of a service account token.</summary>
    public static TokenClaims? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (!root.TryGetProperty("kubernetes.io", out var own) || Object(own, "serviceaccount") is not { } account)
                return null;
            return new TokenClaims
            {
                Issuer = root.GetProperty("iss").GetString() ?? "",
                Audiences = root.GetProperty("aud") is { ValueKind: JsonValueKind.Array } list
                    ? [.. list.EnumerateArray().Select(one => one.GetString() ?? "")]
                    : [root.GetProperty("aud").GetString() ?? ""],
                IssuedAt = root.GetProperty("iat").GetInt64(),
                Expires = root.GetProperty("exp").GetInt64(),
                Id = root.TryGetProperty("jti", out var id) ? id.GetString() ?? "" : "",
                Namespace = own.GetProperty("namespace").GetString() ?? "",
                ServiceAccount = account.Name,
                ServiceAccountUid = account.Uid,
                Pod = Object(own, "pod"),
                Secret = Object(own, "secret"),
                Node = Object(own, "node"),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, string field, NamedObject? item)
    {
        if (item is null)
            return;
        writer.WriteStartObject(field);
        writer.WriteString("name", item.Name);
        writer.WriteString("uid", item.Uid);
        writer.WriteEndObject();
    }

    private static NamedObject? Object(JsonElement parent, string field) => parent.TryGetProperty(field, out var item)
        ? new NamedObject(item.GetProperty("name").GetString() ?? "", item.GetProperty("uid").GetString() ?? "")
        : null;
}

/// <summary>An object a token is bound to: it stops being valid when the object is gone.</summary>
internal sealed record NamedObject(string Name, string Uid);
