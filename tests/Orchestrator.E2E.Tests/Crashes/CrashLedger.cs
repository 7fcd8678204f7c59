using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.E2E.Crashes;

/// <summary>
/// What clients asked for and what they were told, of every object for as long as the test lasts. The log of changes is compared with
/// it, which also settles what nobody knew; then what is there. Writers may call at the same time, each about objects of its own.
/// </summary>
internal sealed class CrashLedger
{
    /// <summary>The cluster puts it into each namespace.</summary>
    private const string NotOurs = "kube-root-ca.crt";

    private static readonly TimeSpan MarkerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, History> histories = new();
    private readonly ConcurrentQueue<string> unexplained = new();
    private int told;
    private int refused;
    private int unknown;
    private int unknownDone;
    private int underWay;

    public string Summary => $"{told} writes acknowledged, {refused} refused, {unknown} unknown (of which {unknownDone} had been done)";

    public int Acknowledged => Volatile.Read(ref told);

    /// <summary>Writes that were not done, or of which nobody knows.</summary>
    public int Failed => Volatile.Read(ref refused) + Volatile.Read(ref unknown);

    /// <summary>Requests that were sent and are not answered yet.</summary>
    public int UnderWay => Volatile.Read(ref underWay);

    public async Task<Answer> CreateAsync(CrashClient client, string name, string value)
    {
        Begin(name, CrashClient.Added, value);
        return End(name, await client.CreateAsync(name, value));
    }

    public async Task<Answer> UpdateAsync(CrashClient client, string name, string value, long revision)
    {
        Begin(name, CrashClient.Modified, value);
        return End(name, await client.UpdateAsync(name, value, revision));
    }

    public async Task<Answer> DeleteAsync(CrashClient client, string name, long revision)
    {
        Begin(name, CrashClient.Deleted, null);
        return End(name, await client.DeleteAsync(name, revision));
    }

    /// <summary>Creates an object that says where a round ends, under new names until one is acknowledged.</summary>
    public async Task<long> CreateMarkerAsync(CrashClient client, string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MarkerLimit);
        for (var attempt = 0; ; attempt++)
        {
            Assert.That(limit.IsCancellationRequested, Is.False, $"no write is acknowledged: marker {name}");
            var answer = await CreateAsync(client, $"marker-{name}-{attempt}", "");
            if (answer.IsAcknowledged)
                return answer.Revision;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Waits until a write is under way, behind some that were acknowledged: what happens then, happens to them.</summary>
    /// <param name="before">How many had been acknowledged when the writers began.</param>
    public async Task AwaitWritesAsync(int before, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (Acknowledged == before || UnderWay == 0)
        {
            Assert.That(clock.Elapsed, Is.LessThan(limit), "no write is acknowledged while all is well");
            await Task.Delay(1);
        }
    }

    /// <summary>
    /// Each object's part of the log is what was acknowledged, in that order and at those revisions, and at its end perhaps the one
    /// request of which nobody knew. Nothing else is in it.
    /// </summary>
    /// <param name="log">What happened since the last time.</param>
    public void VerifyLog(IReadOnlyList<LogEvent> log)
    {
        Assert.That(unexplained, Is.Empty, "answers that no fault explains");
        Assert.That(log.Select(change => change.Revision), Is.Ordered.And.Unique);
        var changes = log.Where(change => change.Name != NotOurs).ToLookup(change => change.Name);
        foreach (var name in changes.Select(group => group.Key))
            Assert.That(histories.ContainsKey(name), Is.True, $"nobody asked for {name}, and the log has it");
        foreach (var (name, history) in histories)
            unknownDone += history.Settle(name, [.. changes[name]]) ? 1 : 0;
    }

    /// <summary>All objects there are, and no other, are as they were last told to be. The log comes first.</summary>
    public void VerifyObjects(IReadOnlyDictionary<string, CrashObject> objects)
    {
        foreach (var name in objects.Keys.Where(name => name != NotOurs))
            Assert.That(histories.ContainsKey(name), Is.True, $"nobody asked for {name}, and it is there");
        foreach (var (name, history) in histories)
            history.Verify(name, objects.GetValueOrDefault(name));
    }

    /// <summary>Compares log and objects, of all rounds, with what was told; each object that changed since the last time, or each one, is read by itself too.</summary>
    public async Task VerifyAsync(CrashClient client, IReadOnlyList<LogEvent> log, CancellationToken cancellationToken, bool readAll = false)
    {
        var names = readAll ? histories.Keys : histories.Where(pair => pair.Value.IsUnsettled).Select(pair => pair.Key).ToList();
        VerifyLog(log);
        VerifyObjects(await client.ListAsync());
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (name, _) =>
        {
            var answer = await client.GetAsync(name);
            Assert.That(answer.Status, Is.EqualTo(200).Or.EqualTo(404), $"a read of {name} in a whole cluster");
            histories[name].Verify(name, answer.Object);
        });
    }

    /// <summary>A request is about to be sent: from here on its effect may be seen.</summary>
    /// <param name="value">What it writes; null deletes.</param>
    internal void Begin(string name, string type, string? value)
    {
        histories.GetOrAdd(name, _ => new History()).Begin(type, value);
        Interlocked.Increment(ref underWay);
    }

    internal Answer End(string name, Answer answer)
    {
        Interlocked.Decrement(ref underWay);
        histories[name].End(answer);
        if (answer.IsAcknowledged)
            Interlocked.Increment(ref told);
        else if (answer.IsUnknown)
            Interlocked.Increment(ref unknown);
        else
            Interlocked.Increment(ref refused);
        if (answer.IsUnexplained)
            unexplained.Enqueue($"{name}: {answer.Status} {answer.Body}");
        return answer;
    }

    /// <summary>A write as its event has it.</summary>
    /// <param name="Revision">0: nobody was told.</param>
    private sealed record Write(string Type, string Value, long Revision);

    /// <summary>One object.</summary>
    private sealed class History
    {
        /// <summary>Acknowledged, and not looked for in the log yet.</summary>
        private readonly List<Write> acknowledged = [];

        /// <summary>Every answer, for whoever has to find out what went wrong.</summary>
        private readonly List<string> answers = [];

        private CrashObject? present;
        private Write? open;

        public bool IsUnsettled => acknowledged.Count > 0 || open is not null;

        public void Begin(string type, string? value)
        {
            Debug.Assert(open is null, "an object whose state nobody knows is left alone");
            // What is deleted is shown once more as it was.
            open = new Write(type, value ?? present!.Value, 0);
        }

        public void End(Answer answer)
        {
            answers.Add($"{open!.Type} '{open.Value}': {answer.Status} {answer.Body?["message"]}");
            if (answer.IsUnknown)
                return;
            if (answer.IsAcknowledged)
                Add(open with { Revision = open.Type == CrashClient.Deleted ? 0 : answer.Revision });
            open = null;
        }

        /// <returns>Whether a request of which nobody knew is in the log.</returns>
        public bool Settle(string name, List<LogEvent> changes)
        {
            var last = changes.Count == acknowledged.Count + 1 ? open : null;
            if (last is not null)
                acknowledged.Add(last);
            var isAsTold = changes.Count == acknowledged.Count && acknowledged.Zip(changes).All(pair => Matches(pair.First, pair.Second));
            Assert.That(isAsTold, Is.True, $"{name}: the log has {string.Join(", ", changes)}\n  instead of {string.Join(", ", acknowledged)}{Told}");
            if (last is not null)
                present = ObjectAfter(last with { Revision = changes[^1].Revision });
            open = null;
            acknowledged.Clear();
            return last is not null;
        }

        public void Verify(string name, CrashObject? there) =>
            Assert.That(there, Is.EqualTo(present), $"{name} is not as it was told to be{Told}");

        private string Told => $"; what it was told:\n  {string.Join("\n  ", answers)}";

        private void Add(Write write)
        {
            acknowledged.Add(write);
            present = ObjectAfter(write);
        }

        private static CrashObject? ObjectAfter(Write write) => write.Type == CrashClient.Deleted ? null : new CrashObject(write.Value, write.Revision);

        private static bool Matches(Write write, LogEvent change) =>
            (write.Type, write.Value) == (change.Type, change.Value) && (write.Revision == 0 || write.Revision == change.Revision);
    }
}
