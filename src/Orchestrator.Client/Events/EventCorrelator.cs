using System.Globalization;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.Client.Events;

/// <summary>
/// Keeps Events few, with client-go's figures: equal ones raise a count, many similar ones become one with a general message, and
/// an object that has too many is silenced. Pure but for its memory; not for concurrent use.
/// </summary>
internal sealed class EventCorrelator
{
    private const int MaxEntries = 4096;
    private const int SimilarBeforeAggregation = 10;
    private static readonly TimeSpan SimilarWindow = TimeSpan.FromMinutes(10);
    private const double SpamBurst = 25;
    private const double SpamRefillPerSecond = 1.0 / 300;

    private readonly Recent<Known> known = new(MaxEntries);
    private readonly Recent<Similar> similar = new(MaxEntries);
    private readonly Recent<Bucket> buckets = new(MaxEntries);
    private long nextName;

    /// <summary>What was written last for a key, to be counted up.</summary>
    internal sealed class Known
    {
        public required string Name { get; init; }
        public required DateTimeOffset First { get; init; }
        public int Count { get; set; }
    }

    private sealed class Similar
    {
        public HashSet<string> Messages { get; } = [];
        public DateTimeOffset Last { get; set; }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; } = SpamBurst;
        public DateTimeOffset Filled { get; set; }
    }

    /// <param name="IsUpdate">The Event was written before: its count, time and message change.</param>
    /// <param name="Key">To <see cref="Forget"/> when the Event turns out to be gone.</param>
    internal readonly record struct Outcome(Event Event, bool IsUpdate, string Key);

    /// <param name="now">When it happened.</param>
    /// <returns>Null when the object has had too many Events lately.</returns>
    public Outcome? Correlate(ObjectReference about, EventSource source, string type, string reason, string message, DateTimeOffset now)
    {
        var subject = $"{source.Component}|{about.Kind}|{about.Namespace}|{about.Name}|{about.Uid}|{about.ApiVersion}";
        var kindOfEvent = $"{subject}|{about.FieldPath}|{type}|{reason}";
        var isGeneral = IsOneOfMany(kindOfEvent, message, now);
        var key = isGeneral ? kindOfEvent : $"{kindOfEvent}|{message}";
        if (!TakeToken(subject, now))
            return null;

        var isUpdate = known.TryGet(key, out var entry);
        if (!isUpdate)
            known.Set(key, entry = new Known { Name = NewName(about, now), First = now });
        entry!.Count++;
        var text = isGeneral ? "(combined from similar events): " + message : message;
        return new Outcome(Make(about, source, type, reason, text, entry, now), isUpdate, key);
    }

    public void Forget(string key) => known.Remove(key);

    private bool IsOneOfMany(string kindOfEvent, string message, DateTimeOffset now)
    {
        if (!similar.TryGet(kindOfEvent, out var entry) || now - entry.Last > SimilarWindow)
            similar.Set(kindOfEvent, entry = new Similar());
        entry.Last = now;
        if (entry.Messages.Count <= SimilarBeforeAggregation)
            entry.Messages.Add(message);
        return entry.Messages.Count > SimilarBeforeAggregation;
    }

    private bool TakeToken(string subject, DateTimeOffset now)
    {
        if (!buckets.TryGet(subject, out var bucket))
            buckets.Set(subject, bucket = new Bucket { Filled = now });
        bucket.Tokens = Math.Min(SpamBurst, bucket.Tokens + ((now - bucket.Filled).TotalSeconds * SpamRefillPerSecond));
        bucket.Filled = now;
        if (bucket.Tokens < 1)
            return false;
        bucket.Tokens--;
        return true;
    }

    /// <summary>Unique without randomness: the time, and a counter for Events of the same moment.</summary>
    private string NewName(ObjectReference about, DateTimeOffset now)
    {
        nextName = Math.Max(nextName + 1, now.UtcTicks);
        return string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{nextName:x}");
    }

    private static Event Make(
        ObjectReference about, EventSource source, string type, string reason, string message, Known entry, DateTimeOffset now) => new()
        {
            Metadata = new() { Name = entry.Name, Namespace = string.IsNullOrEmpty(about.Namespace) ? "default" : about.Namespace },
            InvolvedObject = about, Type = type, Reason = reason, Message = message, Source = source,
            FirstTimestamp = entry.First, LastTimestamp = now, Count = entry.Count,
            ReportingComponent = source.Component, ReportingInstance = source.Host,
        };
}

/// <summary>A map that forgets what was used least recently.</summary>
internal sealed class Recent<TValue>(int capacity)
    where TValue : class
{
    private readonly Dictionary<string, LinkedListNode<(string Key, TValue Value)>> nodes = [];
    private readonly LinkedList<(string Key, TValue Value)> order = new();

    public bool TryGet(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!nodes.TryGetValue(key, out var node))
            return false;
        order.Remove(node);
        order.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Set(string key, TValue value)
    {
        Remove(key);
        nodes[key] = order.AddFirst((key, value));
        if (nodes.Count > capacity)
            Remove(order.Last!.Value.Key);
    }

    public void Remove(string key)
    {
        if (nodes.Remove(key, out var node))
            order.Remove(node);
    }
}
