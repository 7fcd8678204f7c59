using System.Text.Json.Serialization;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>One key of a <see cref="KeyFile"/>.</summary>
/// <param name="Id">Stored in the clear beside each value; letters, digits and '-'.</param>
/// <param name="Secret">32 bytes in base64.</param>
internal sealed record EncryptionKey(string Id, DateTimeOffset Created, string Secret);

/// <summary>The content of a key file, oldest key first.</summary>
internal sealed record EncryptionKeySet(IReadOnlyList<EncryptionKey> Keys);

/// <summary>The JSON form of key files and answers. Their names are frozen.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EncryptionKeySet))]
[JsonSerializable(typeof(EncryptionStatus))]
internal sealed partial class EncryptionJsonContext : JsonSerializerContext;

/// <summary>How the secrets of a store lie on disk.</summary>
/// <param name="NewestKey">New writes use this key.</param>
/// <param name="ObjectsByKey">Present objects by the id of their key; "" for those that are not encrypted.</param>
/// <param name="Rewritten">How many were just encrypted again.</param>
public sealed record EncryptionStatus(string NewestKey, IReadOnlyDictionary<string, long> ObjectsByKey, long Rewritten);
