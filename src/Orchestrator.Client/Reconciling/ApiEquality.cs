using System.Text.Json;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client.Reconciling;

/// <summary>Whether two values say the same in the API's JSON. Records compare lists and maps by reference, which is too strict.</summary>
public static class ApiEquality
{
    public static bool Same<T>(T? left, T? right)
        where T : class
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left is null || right is null)
            return false;
        var (leftBytes, rightBytes) = (ApiJson.Serialize(left), ApiJson.Serialize(right));
        if (leftBytes.AsSpan().SequenceEqual(rightBytes))
            return true;
        // Of equal length they may still differ by nothing but the order of keys in a map.
        if (leftBytes.Length != rightBytes.Length)
            return false;
        using var leftDocument = JsonDocument.Parse(leftBytes);
        using var rightDocument = JsonDocument.Parse(rightBytes);
        return JsonElement.DeepEquals(leftDocument.RootElement, rightDocument.RootElement);
    }
}
