using System.Text;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Resources.Core.Services;

internal enum TakeResult { Taken, AlreadyTaken, OutOfRange }

/// <summary>
/// Values given out one by one: each taken value is a key of its own in the store, made only if absent, so any number of API
/// servers share a range. The key holds its owner. A key whose value turns out not to be used (its server died between taking and
/// storing, or the owner changed its type) is taken over after <see cref="Patience"/>.
/// </summary>
internal sealed class ValueRange(
    IKeyValueStore store, TimeProvider time, string prefix, string description, int count, int firstDynamic,
    Func<int, string> valueAt, Func<string, int> indexOf, Func<string, bool> isUsed, Random random)
{
    /// <summary>Longer than any create takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int RandomAttempts = 16;

    /// <summary>For messages, e.g. "30000-32767".</summary>
    public string Description { get; } = description;

    public async ValueTask<TakeResult> TakeAsync(string value, string owner, CancellationToken cancellationToken)
    {
        if (indexOf(value) < 0)
            return TakeResult.OutOfRange;
        var record = Encoding.UTF8.GetBytes($"{owner} {time.GetUtcNow().ToUnixTimeSeconds()}");
        var result = await store.CommitAsync(StoreTransaction.Create(prefix + value, record), cancellationToken);
        if (result.Committed)
            return TakeResult.Taken;
        if (result.Current[0] is not { } current || !IsAbandoned(current, value))
            return TakeResult.AlreadyTaken;
        result = await store.CommitAsync(StoreTransaction.Update(current.Key, current.ModRevision, record), cancellationToken);
        return result.Committed ? TakeResult.Taken : TakeResult.AlreadyTaken;
    }

    /// <summary>
    /// Takes a value nobody has: at random from the part of the range people do not choose from by hand, then in order from all
    /// of it. Null when there is none.
    /// </summary>
    public async ValueTask<string?> TakeAnyAsync(string owner, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < RandomAttempts; attempt++)
        {
            int index;
            lock (random)
                index = random.Next(firstDynamic, count);
            if (await TakeAsync(valueAt(index), owner, cancellationToken) == TakeResult.Taken)
                return valueAt(index);
        }

        var taken = await store.RangeAsync(new RangeRequest { Prefix = prefix, KeysOnly = true }, cancellationToken);
        var known = taken.Items.Select(item => item.Key[prefix.Length..]).ToHashSet();
        for (var step = 0; step < count; step++)
        {
            var value = valueAt((firstDynamic + step) % count);
            if (!known.Contains(value) && await TakeAsync(value, owner, cancellationToken) == TakeResult.Taken)
                return value;
        }

        return null;
    }

    /// <summary>Gives a value back, if the owner has it.</summary>
    public async ValueTask ReleaseAsync(string value, string owner, CancellationToken cancellationToken)
    {
        var current = await store.GetAsync(prefix + value, 0, cancellationToken);
        if (current.KeyValue is { } key && OwnerOf(key).Owner == owner)
            await store.CommitAsync(StoreTransaction.Delete(key.Key, key.ModRevision), cancellationToken);
    }

    private bool IsAbandoned(KeyValue key, string value)
    {
        var (_, takenAt) = OwnerOf(key);
        return time.GetUtcNow() - takenAt > Patience && !isUsed(value);
    }

    private static (string Owner, DateTimeOffset TakenAt) OwnerOf(KeyValue key)
    {
        var text = Encoding.UTF8.GetString(key.Value.Span);
        var space = text.LastIndexOf(' ');
        return (text[..space], DateTimeOffset.FromUnixTimeSeconds(long.Parse(text.AsSpan(space + 1), System.Globalization.CultureInfo.InvariantCulture)));
    }
}
