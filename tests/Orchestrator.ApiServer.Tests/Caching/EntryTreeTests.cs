using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Tests.Caching;

public sealed class EntryTreeTests
{
    private static readonly ResourceDefinition Kind = ResourceDefinition.For<ConfigMap>();

    [Test]
    public void Tree_RandomChanges_BehavesLikeASortedDictionaryAndSnapshotsNeverChange([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var tree = new EntryTree();
        var model = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var snapshots = new List<(EntrySnapshot Snapshot, (string, long)[] Expected)>();
        for (var step = 1; step <= 6000; step++)
        {
            var path = $"ns{random.Next(5)}/name{random.Next(900)}";
            if (random.Next(3) == 0)
            {
                Assert.That(tree.Remove(path)?.Revision, Is.EqualTo(model.TryGetValue(path, out var old) ? old : null));
                model.Remove(path);
            }
            else
            {
                Assert.That(tree.Set(new CacheEntry(Kind, path, step, []))?.Revision, Is.EqualTo(model.TryGetValue(path, out var old) ? old : null));
                model[path] = step;
            }

            if (step % 500 == 0)
                snapshots.Add((tree.Snapshot(), [.. model.Select(one => (one.Key, one.Value))]));
        }

        foreach (var (snapshot, expected) in snapshots)
        {
            Assert.That(Read(snapshot, "", null), Is.EqualTo(expected));
            Assert.That(Read(snapshot, "ns3/", null), Is.EqualTo(expected.Where(one => one.Item1.StartsWith("ns3/", StringComparison.Ordinal))));
            Assert.That(Read(snapshot, "ns3/", "ns3/name5"), Is.EqualTo(expected.Where(one => one.Item1.StartsWith("ns3/", StringComparison.Ordinal) && string.CompareOrdinal(one.Item1, "ns3/name5") > 0)));
        }

        Assert.That(tree.Count, Is.EqualTo(model.Count));
        Assert.That(model.Keys.All(path => tree.Find(path)?.Revision == model[path]), Is.True);
    }

    private static List<(string, long)> Read(EntrySnapshot snapshot, string prefix, string? after)
    {
        var found = new List<(string, long)>();
        foreach (var entry in snapshot.From(prefix, after))
            found.Add((entry.Path, entry.Revision));
        return found;
    }
}
