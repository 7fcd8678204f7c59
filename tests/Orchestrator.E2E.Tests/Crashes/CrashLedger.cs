using System.Collections.Concurrent;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// What clients were told: for each object what must be there, and what may be there instead because a request's fate is unknown.
/// Writers may call at the same time, each about objects of its own.
/// </summary>
internal sealed class CrashLedger
{
    private readonly ConcurrentDictionary<string, Entry> entries = new();
    private readonly ConcurrentQueue<(string Name, string Value, long Revision)> acknowledged = new();
    private int told;
    private int refused;
    private int unknown;
    private int unknownDone;

    public string Summary => $"{told} writes acknowledged, {refused} refused, {unknown} unknown (of which {unknownDone} had been done)";

    /// <summary>Writes that were not done, or of which nobody knows.</summary>
    public int Failed => Volatile.Read(ref refused) + Volatile.Read(ref unknown);

    /// <summary>A request is about to be sent: from here on its effect may be seen.</summary>
    /// <param name="value">What it writes; null deletes.</param>
    public void Begin(string name, string? value) => entries.AddOrUpdate(name, _ => new Entry(null, 0, value, true, ""), (_, entry) => entry with { Attempted = value, IsOpen = true });

    public void End(string name, string? value, Answer answer)
    {
        var entry = entries[name];
        entry = entry with { History = $"{entry.History}\n  '{value}': {answer.Status} {answer.Body?["message"]}" };
        if (answer.IsAcknowledged)
        {
            Interlocked.Increment(ref told);
            var revision = value is null ? 0 : answer.Revision;
            entries[name] = entry with { Value = value, Revision = revision, Attempted = null, IsOpen = false };
            if (value is not null)
                acknowledged.Enqueue((name, value, revision));
        }
        else if (answer.IsRefused)
        {
            Interlocked.Increment(ref refused);
            entries[name] = entry with { IsOpen = false };
        }
        else
        {
            Interlocked.Increment(ref unknown);
            entries[name] = entry;
        }
    }

    /// <summary>Compares every object that was written since the last time with what is there.</summary>
    public async Task VerifyAsync(CrashClient client, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (pair, _) =>
        {
            var answer = await client.GetAsync(pair.Key);
            Assert.That(answer.Status, Is.EqualTo(200).Or.EqualTo(404), $"a read of {pair.Key} in a whole cluster");
            Verify(pair.Key, pair.Value, answer);
        });
        entries.Clear();
    }

    /// <summary>Every acknowledged write is in the log, at its revision; every revision is there once.</summary>
    public void VerifyLog(List<LogEvent> log)
    {
        Assert.That(log.Select(change => change.Revision), Is.Ordered.And.Unique);
        var byRevision = log.ToDictionary(change => change.Revision);
        while (acknowledged.TryDequeue(out var write))
        {
            Assert.That(byRevision.TryGetValue(write.Revision, out var change), Is.True, $"the log lacks revision {write.Revision}, which {write.Name} was told");
            Assert.That((change!.Name, change.Value), Is.EqualTo((write.Name, write.Value)), $"revision {write.Revision}");
        }
    }

    private void Verify(string name, Entry entry, Answer answer)
    {
        var value = answer.Status == 404 ? null : answer.Body!["data"]!["v"]!.ToString();
        var isAsTold = value == entry.Value && (value is null || answer.Revision == entry.Revision);
        var isAsAttempted = entry.IsOpen && value == entry.Attempted && (value is null || answer.Revision > entry.Revision);
        if (entry.IsOpen && isAsAttempted)
            Interlocked.Increment(ref unknownDone);
        Assert.That(isAsTold || isAsAttempted, Is.True,
            $"{name}: told '{entry.Value}' at {entry.Revision}{(entry.IsOpen ? $", perhaps '{entry.Attempted}'" : "")}; is '{value}' at {(value is null ? 0 : answer.Revision)}; what it was told:{entry.History}");
    }

    /// <param name="Value">What was last acknowledged; null: not there.</param>
    /// <param name="History">Every answer, for whoever has to find out what went wrong.</param>
    /// <param name="IsOpen">Whether nobody knows if <paramref name="Attempted"/> was done.</param>
    private sealed record Entry(string? Value, long Revision, string? Attempted, bool IsOpen, string History);
}
