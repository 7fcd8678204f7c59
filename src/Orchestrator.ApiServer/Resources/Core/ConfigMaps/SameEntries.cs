namespace Orchestrator.ApiServer.Resources.Core.ConfigMaps;

/// <summary>Whether two maps hold the same; absent is empty.</summary>
internal static class SameEntries
{
    public static bool Text(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other) =>
        Same(one, other, static (left, right) => left == right);

    public static bool Bytes(IReadOnlyDictionary<string, byte[]>? one, IReadOnlyDictionary<string, byte[]>? other) =>
        Same(one, other, static (left, right) => left.AsSpan().SequenceEqual(right));

    private static bool Same<T>(IReadOnlyDictionary<string, T>? one, IReadOnlyDictionary<string, T>? other, Func<T, T, bool> equal)
    {
        if ((one?.Count ?? 0) != (other?.Count ?? 0))
            return false;
        foreach (var (key, value) in one ?? new Dictionary<string, T>())
        {
            if (!other!.TryGetValue(key, out var counterpart) || !equal(value, counterpart))
                return false;
        }

        return true;
    }
}
