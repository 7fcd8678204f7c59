using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Api;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Flows;
using Orchestrator.Proxy.Rules;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy;

/// <summary>What has to be done after a change: the transaction, and the flows it made stale.</summary>
internal sealed record ProxyStep(NftTransaction Transaction, StaleFlows Stale);

/// <summary>
/// From Services and slices to transactions, without a kernel: the whole of the proxy but its loop. Deterministic. Not safe for
/// concurrent use.
/// </summary>
internal sealed class ProxyState
{
    private readonly ProxyTable _table;
    private readonly RulesetBuilder _builder;
    private readonly Ruleset _ruleset;
    private readonly Dictionary<ObjectKey, ImmutableArray<ServicePort>> _ports = [];

    public ProxyState(ProxyOptions options)
    {
        _table = new ProxyTable(options, NftFamily.IPv4);
        _builder = new RulesetBuilder(_table, options);
        _ruleset = new Ruleset(_table);
    }

    public int PortCount => _ruleset.Count;

    /// <summary>The step from the present state to one with these Services as given.</summary>
    public ProxyStep Change(IReadOnlyList<TrackedService> services, ProxyTopology place)
    {
        var changes = new List<KeyValuePair<ServicePortKey, ServiceFragment?>>();
        var stale = new StaleFlows();
        foreach (var service in services)
        {
            var before = _ports.TryGetValue(service.Key, out var known) ? known : [];
            var after = ServicePorts.Build(service.Service, service.Slices, place, AddressFamily.InterNetwork);
            foreach (var gone in before.Where(port => !after.Any(other => other.Key == port.Key)))
            {
                changes.Add(new(gone.Key, null));
                stale.Note(gone, null);
            }
            foreach (var port in after)
            {
                changes.Add(new(port.Key, _builder.Build(port)));
                stale.Note(before.FirstOrDefault(other => other.Key == port.Key), port);
            }
            if (after.IsEmpty)
                _ports.Remove(service.Key);
            else
                _ports[service.Key] = after;
        }
        return new ProxyStep(_ruleset.Change(changes), stale);
    }

    /// <summary>The whole table for the present state.</summary>
    public NftTransaction Rebuild() => _ruleset.Rebuild();

    /// <summary>Flows to look at after the whole table was written: those of every UDP port.</summary>
    public StaleFlows AllFlows()
    {
        var stale = new StaleFlows();
        foreach (var port in _ports.Values.SelectMany(ports => ports))
            stale.Note(null, port);
        return stale;
    }
}
