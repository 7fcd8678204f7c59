using System.Text.Json.Serialization;

namespace Orchestrator.Storage.Backup;

/// <summary>What a backup says about itself.</summary>
/// <param name="Created">When it was made.</param>
/// <param name="Revision">The revision of the store whose moment it holds.</param>
public sealed record BackupHeader(DateTimeOffset Created, long Revision);

/// <summary>The JSON form of the header; its names are frozen.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupHeader))]
internal sealed partial class BackupJsonContext : JsonSerializerContext;
