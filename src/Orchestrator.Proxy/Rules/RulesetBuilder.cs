using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink.Nftables;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy.Rules;

/// <summary>
/// Turns one Service port into its chains, sets and elements. Pure: the same port always gives the same fragment, so that
/// what did not change is not written.
/// </summary>
internal sealed class RulesetBuilder(ProxyTable table, ProxyOptions options)
{
    private readonly NftFamily _family = table.Table.Family;

    public ServiceFragment Build(ServicePort port)
    {
        var draft = new Draft(port);
        if (IsPlain(port))
        {
            AddMapped(draft);
            return draft.ToFragment();
        }
        var internalEndpoints = port.InternalLocal ? port.LocalEndpoints : port.ClusterEndpoints;
        var internalChain = port.InternalLocal ? draft.LocalChain : draft.ClusterChain;
        AddClusterIP(draft, internalEndpoints, internalChain);
        if (port.HasExternalAddress)
            AddExternal(draft);
        AddPolicyChains(draft);
        AddEndpoints(draft);
        return draft.ToFragment();
    }

    /// <summary>Reached by its ClusterIP only, with endpoints that any packet may go to, and few of them.</summary>
    private static bool IsPlain(ServicePort port) =>
        port is { HasExternalAddress: false, InternalLocal: false, AffinityTimeout: null }
        && port.ClusterEndpoints.Length is > 0 and <= ProxyTable.MostMappedEndpoints;

    private void AddMapped(Draft draft)
    {
        var port = draft.Port;
        var map = table.EndpointMaps[port.ClusterEndpoints.Length - 1];
        draft.Elements.Add(new FragmentElement(table.ClusterIPs, new NftElement(new NftKey(NftDatum.Address(port.ClusterIP)))));
        for (var index = 0; index < port.ClusterEndpoints.Length; index++)
        {
            var endpoint = port.ClusterEndpoints[index];
            NftDatum[] key = [NftDatum.Address(port.ClusterIP), draft.Protocol, NftDatum.Port(port.Port)];
            draft.Elements.Add(new FragmentElement(map, new NftElement(
                new NftKey(map.RandomModulus > 0 ? [.. key, NftDatum.Integer((uint)index)] : key),
                new NftKey(NftDatum.Address(endpoint.Address), NftDatum.Port(endpoint.Port)))));
        }
        draft.Used.UnionWith(port.ClusterEndpoints);
        AddHairpins(draft);
    }

    private void AddClusterIP(Draft draft, ImmutableArray<IPEndPoint> endpoints, string chain)
    {
        var port = draft.Port;
        draft.Elements.Add(new FragmentElement(table.ClusterIPs, new NftElement(new NftKey(NftDatum.Address(port.ClusterIP)))));
        AddFrontend(draft, port.ClusterIP, endpoints, chain);
    }

    /// <summary>
    /// Traffic from outside may come in through any node. Under policy Cluster its source is replaced, so that the answer
    /// comes back this way; under policy Local it keeps its source and stays on this node. Pods and the node itself are
    /// not "outside": for them policy Local makes no difference.
    /// </summary>
    private void AddExternal(Draft draft)
    {
        var port = draft.Port;
        var endpoints = port.ExternalLocal ? port.LocalEndpoints : port.ClusterEndpoints;
        var reachable = port.ExternalLocal ? port.HasEndpointsAnywhere : !endpoints.IsEmpty;
        ImmutableArray<IPEndPoint> frontEndpoints = reachable ? port.ClusterEndpoints : [];
        foreach (var address in port.ExternalIPs.Concat(port.LoadBalancerIPs).Distinct())
            AddFrontend(draft, address, frontEndpoints, draft.ExternalChain);
        if (port.NodePort != 0)
            AddNodePort(draft, frontEndpoints);
        if (!port.SourceRanges.IsEmpty && !port.LoadBalancerIPs.IsEmpty)
            AddFirewall(draft);
        if (reachable)
            draft.Chains.Add(FragmentChain.Of(draft.ExternalChain, _family, ExternalRules(draft, endpoints)));
    }

    private List<NftRule> ExternalRules(Draft draft, ImmutableArray<IPEndPoint> endpoints)
    {
        if (!draft.Port.ExternalLocal)
            return [new NftRule(new NftDecide(NftVerdict.Jump(ProxyTable.MarkChain))), new NftRule(new NftDecide(NftVerdict.Goto(draft.ClusterChain)))];
        var rules = new List<NftRule>();
        if (PodRange is { } range)
            rules.Add(new NftRule(new NftMatchRange(NftSelector.SourceAddress, range), new NftDecide(NftVerdict.Goto(draft.ClusterChain))));
        rules.Add(new NftRule(new NftMatchLocalSource(), new NftDecide(NftVerdict.Jump(ProxyTable.MarkChain))));
        rules.Add(new NftRule(new NftMatchLocalSource(), new NftDecide(NftVerdict.Goto(draft.ClusterChain))));
        rules.Add(endpoints.IsEmpty
            ? new NftRule(new NftDecide(NftVerdict.Drop))
            : new NftRule(new NftDecide(NftVerdict.Goto(draft.LocalChain))));
        return rules;
    }

    /// <summary>The chains that choose among endpoints: those of all nodes and those of this one, if something leads there.</summary>
    private void AddPolicyChains(Draft draft)
    {
        var port = draft.Port;
        var usesCluster = !port.InternalLocal || port.HasExternalAddress;
        if (usesCluster && !port.ClusterEndpoints.IsEmpty)
            AddChoice(draft, draft.ClusterChain, port.ClusterEndpoints);
        var usesLocal = port.InternalLocal || (port.ExternalLocal && port.HasExternalAddress);
        if (usesLocal && !port.LocalEndpoints.IsEmpty)
            AddChoice(draft, draft.LocalChain, port.LocalEndpoints);
    }

    private void AddChoice(Draft draft, string chain, ImmutableArray<IPEndPoint> endpoints)
    {
        var port = draft.Port;
        var rules = new List<NftRule>();
        if (port.AffinityTimeout is null)
        {
            rules.Add(new NftRule(draft.MatchProtocol, Redirect(endpoints)));
        }
        else
        {
            draft.Sticky.UnionWith(endpoints);
            rules.AddRange(endpoints.Select(endpoint => new NftRule(
                new NftMatchSet([NftSelector.SourceAddress], draft.AffinitySet(endpoint)),
                new NftDecide(NftVerdict.Goto(draft.EndpointChain(endpoint))))));
            rules.Add(new NftRule(new NftRandomVerdict([.. endpoints.Select(endpoint => NftVerdict.Goto(draft.EndpointChain(endpoint)))])));
        }
        draft.Used.UnionWith(endpoints);
        draft.Chains.Add(FragmentChain.Of(chain, _family, rules));
    }

    private static NftStatement Redirect(ImmutableArray<IPEndPoint> endpoints) => endpoints is [var only]
        ? new NftRedirect(only.Address, only.Port)
        : new NftRandomRedirect(endpoints);

    /// <summary>With session affinity each endpoint has a chain of its own, and a set of the clients that stick to it.</summary>
    private void AddEndpoints(Draft draft)
    {
        foreach (var endpoint in draft.Sticky.OrderBy(endpoint => endpoint.ToString(), StringComparer.Ordinal))
        {
            draft.Sets.Add(new NftSet(draft.AffinitySet(endpoint), table.Address) { Timeout = draft.Port.AffinityTimeout });
            draft.Chains.Add(FragmentChain.Of(draft.EndpointChain(endpoint), _family,
                [new NftRule(
                    new NftRemember([NftSelector.SourceAddress], draft.AffinitySet(endpoint)),
                    draft.MatchProtocol, new NftRedirect(endpoint.Address, endpoint.Port))]));
        }
        AddHairpins(draft);
    }

    private void AddHairpins(Draft draft)
    {
        foreach (var address in draft.Used.Select(endpoint => endpoint.Address).Distinct())
        {
            draft.Elements.Add(new FragmentElement(table.Hairpins,
                new NftElement(new NftKey(NftDatum.Address(address), NftDatum.Address(address)))));
        }
    }

    private void AddFrontend(Draft draft, IPAddress address, ImmutableArray<IPEndPoint> endpoints, string chain)
    {
        var key = new NftKey(NftDatum.Address(address), draft.Protocol, NftDatum.Port(draft.Port.Port));
        draft.Elements.Add(endpoints.IsEmpty
            ? new FragmentElement(table.NoEndpointIPs, new NftElement(key, Verdict: Refusal(draft.Port)))
            : new FragmentElement(table.ServiceIPs, new NftElement(key, Verdict: NftVerdict.Goto(chain))));
    }

    private void AddNodePort(Draft draft, ImmutableArray<IPEndPoint> endpoints)
    {
        var key = new NftKey(draft.Protocol, NftDatum.Port(draft.Port.NodePort));
        draft.Elements.Add(endpoints.IsEmpty
            ? new FragmentElement(table.NoEndpointNodePorts, new NftElement(key, Verdict: Refusal(draft.Port)))
            : new FragmentElement(table.NodePorts, new NftElement(key, Verdict: NftVerdict.Goto(draft.ExternalChain))));
    }

    /// <summary>
    /// Without any endpoint the caller is told at once. With endpoints on other nodes only, a packet that has to stay here is
    /// dropped: a load balancer then tries another node.
    /// </summary>
    private static NftVerdict Refusal(ServicePort port) =>
        port.HasEndpointsAnywhere ? NftVerdict.Drop : NftVerdict.Goto(ProxyTable.RejectChain);

    private void AddFirewall(Draft draft)
    {
        var port = draft.Port;
        var rules = port.SourceRanges.Select(range =>
            new NftRule(new NftMatchRange(NftSelector.SourceAddress, range), new NftDecide(NftVerdict.Return)));
        draft.Chains.Add(FragmentChain.Of(draft.FirewallChain, _family, [.. rules, new NftRule(new NftDecide(NftVerdict.Drop))]));
        foreach (var address in port.LoadBalancerIPs)
        {
            var key = new NftKey(NftDatum.Address(address), draft.Protocol, NftDatum.Port(port.Port));
            draft.Elements.Add(new FragmentElement(table.FirewallIPs, new NftElement(key, Verdict: NftVerdict.Goto(draft.FirewallChain))));
        }
    }

    private IPNetwork? PodRange => options.PodRange is { } range
        && range.BaseAddress.AddressFamily == (_family == NftFamily.IPv4 ? System.Net.Sockets.AddressFamily.InterNetwork : System.Net.Sockets.AddressFamily.InterNetworkV6)
        ? range
        : null;

    /// <summary>What is gathered for one port. Names hold the Service's own, so that the table reads by itself.</summary>
    private sealed class Draft(ServicePort port)
    {
        private readonly string _name =
            $"{port.Key.Service.Namespace}/{port.Key.Service.Name}/{port.Key.Protocol.ToLowerInvariant()}/{port.Key.PortName}";

        public ServicePort Port { get; } = port;

        public NftDatum Protocol { get; } = NftDatum.Protocol(NumberOf(port.Key.Protocol));

        public NftMatch MatchProtocol => new(NftSelector.Protocol, Protocol);

        public string ClusterChain => $"service-{_name}";

        public string LocalChain => $"local-{_name}";

        public string ExternalChain => $"external-{_name}";

        public string FirewallChain => $"firewall-{_name}";

        public List<FragmentChain> Chains { get; } = [];

        public List<NftSet> Sets { get; } = [];

        public List<FragmentElement> Elements { get; } = [];

        public HashSet<IPEndPoint> Sticky { get; } = [];

        public HashSet<IPEndPoint> Used { get; } = [];

        public string EndpointChain(IPEndPoint endpoint) => $"endpoint-{_name}__{Spell(endpoint)}";

        public string AffinitySet(IPEndPoint endpoint) => $"affinity-{_name}__{Spell(endpoint)}";

        public ServiceFragment ToFragment() => new([.. Chains], [.. Sets], [.. Elements]);

        /// <summary>nft's names know no colons.</summary>
        private static string Spell(IPEndPoint endpoint) => $"{endpoint.Address.ToString().Replace(':', '.')}/{endpoint.Port}";

        private static byte NumberOf(string protocol) => protocol switch
        {
            "UDP" => NftDatum.Udp,
            "SCTP" => NftDatum.Sctp,
            _ => NftDatum.Tcp,
        };
    }
}
