using System.Text;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Tests.Caching;

/// <summary>The memory that a kind's log takes beyond that of the objects there are.</summary>
public sealed class ResourceCacheTests
{
    private const int Mebibyte = 1024 * 1024;

    private static readonly ResourceDefinition Kind = ResourceDefinition.For<ConfigMap>();

    private ResourceCache cache = null!;
    private long revision;

    [SetUp]
    public void Make()
    {
        cache = new ResourceCache(Kind, WatchHistory.Of(10_000, TimeSpan.FromMinutes(5)), TimeProvider.System);
        revision = 0;
    }

    [Test]
    public void Log_OfLargeObjects_IsBoundedInBytes()
    {
        for (var i = 0; i < 300; i++)
            Put("a", Mebibyte);

        var (events, bytes) = Logged();
        Assert.That(bytes, Is.LessThanOrEqualTo(64L * Mebibyte));
        Assert.That(events, Is.GreaterThan(50));
    }

    [Test]
    public void Log_OfDeletedObjects_CountsBothTheirStates()
    {
        const int objects = 2000;
        for (var i = 0; i < objects; i++)
            Put($"m{i}", 16 * 1024);
        for (var i = 0; i < objects; i++)
            Delete($"m{i}");

        var (events, bytes) = Logged();
        Assert.That(bytes, Is.InRange(12L * Mebibyte, 16L * Mebibyte));
        Assert.That(events, Is.GreaterThan(256));
    }

    [Test]
    public void Log_OfSmallObjects_GrowsToItsEventsAndKeepsTheirOrder()
    {
        for (var i = 0; i < 20_000; i++)
            Put("a", 100);

        var events = ReadLog();
        Assert.That(events, Has.Count.EqualTo(16_384), "the next power of two");
        Assert.That(events.Select(one => one.Revision), Is.EqualTo(Enumerable.Range(20_000 - 16_384 + 1, 16_384)));
    }

    private List<CacheEvent> ReadLog()
    {
        var events = new List<CacheEvent>();
        for (long position = 0; !cache.TryReadLog(ref position, int.MaxValue, events);)
            position++;
        return events;
    }

    /// <summary>The log's events, and the bytes of all JSON that only the log keeps.</summary>
    private (int Events, long Bytes) Logged()
    {
        var events = ReadLog();
        var kept = new HashSet<CacheEntry>(ReferenceEqualityComparer.Instance);
        foreach (var one in events)
        {
            kept.Add(one.Current);
            if (one.Previous is not null)
                kept.Add(one.Previous);
        }

        foreach (var entry in cache.Read(0).Entries.From(""))
            kept.Remove(entry);
        return (events.Count, kept.Sum(entry => (long)entry.Json.Length));
    }

    private void Put(string name, int size)
    {
        var key = Kind.Key("default", name);
        var body = $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default"},"data":{"k":"{{{new string('x', size)}}}"} }""";
        revision++;
        cache.Apply(revision, [new WatchChange(key, new KeyValue(key, Encoding.UTF8.GetBytes(body), revision, revision, 1), null)]);
    }

    private void Delete(string name) => cache.Apply(++revision, [new WatchChange(Kind.Key("default", name), null, null)]);
}
