using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Dns.Zone;

/// <summary>
/// The names of the cluster at one moment. Immutable: a change makes a new snapshot that shares what did not change, and
/// answers are always from one moment.
/// </summary>
/// <param name="Names">By name relative to the zone, such as "web.default.svc".</param>
/// <param name="Reverse">Names of an address, relative to the zone.</param>
/// <param name="Namespaces">Namespaces that exist: names directly below them are known to be there, or not.</param>
/// <param name="Complete">Whether everything was read once; before, a missing name may only be unknown.</param>
public sealed record ZoneSnapshot(
    ImmutableDictionary<string, ZoneName> Names,
    ImmutableDictionary<IPAddress, ImmutableArray<string>> Reverse,
    ImmutableHashSet<string> Namespaces,
    bool Complete)
{
    public static ZoneSnapshot Empty { get; } = new(
        ImmutableDictionary.Create<string, ZoneName>(StringComparer.Ordinal), ImmutableDictionary<IPAddress, ImmutableArray<string>>.Empty,
        ImmutableHashSet.Create<string>(StringComparer.Ordinal), false);

    public ZoneSnapshot With(ServiceNames names)
    {
        var reverse = Reverse;
        foreach (var (address, name) in names.Reverse)
            reverse = reverse.SetItem(address, reverse.TryGetValue(address, out var others) ? others.Add(name) : [name]);
        return this with { Names = Names.SetItems(names.Names), Reverse = reverse };
    }

    public ZoneSnapshot Without(ServiceNames names)
    {
        var reverse = Reverse;
        foreach (var (address, name) in names.Reverse)
        {
            if (!reverse.TryGetValue(address, out var others))
                continue;
            var rest = others.Remove(name);
            reverse = rest.IsEmpty ? reverse.Remove(address) : reverse.SetItem(address, rest);
        }
        return this with { Names = Names.RemoveRange(names.Names.Select(pair => pair.Key)), Reverse = reverse };
    }
}

/// <summary>The names one Service gives rise to. No two Services share a name; they may share an address.</summary>
public sealed record ServiceNames(
    ImmutableArray<KeyValuePair<string, ZoneName>> Names, ImmutableArray<KeyValuePair<IPAddress, string>> Reverse)
{
    public static ServiceNames None { get; } = new([], []);
}
