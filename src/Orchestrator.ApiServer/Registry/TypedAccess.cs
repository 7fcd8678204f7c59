using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Api.Serialization;

namespace Orchestrator.ApiServer.Registry;

/// <summary>What needs the record's type as a type argument, closed over once per kind.</summary>
internal abstract class TypedAccess
{
    public static TypedAccess Of<T>()
        where T : KubernetesObject => new Closed<T>();

    public abstract KubernetesObject Decode(ReadOnlySpan<byte> utf8);

    /// <summary>The object as its record, shared with whoever else reads this object.</summary>
    public abstract KubernetesObject Typed(ApiObject item);

    private sealed class Closed<T> : TypedAccess
        where T : KubernetesObject
    {
        public override KubernetesObject Decode(ReadOnlySpan<byte> utf8) =>
            JsonSerializer.Deserialize(utf8, ApiJson.TypeInfo<T>()) ?? throw new JsonException("null is not an object");

        public override KubernetesObject Typed(ApiObject item) => item.As<T>();
    }
}
