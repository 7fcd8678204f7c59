using System.Text.Json.Serialization;
using Orchestrator.Api;

namespace Orchestrator.Client.Metadata;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(PartialObjectMetadata))]
[JsonSerializable(typeof(KubernetesList<PartialObjectMetadata>))]
internal sealed partial class MetadataJsonContext : JsonSerializerContext;
