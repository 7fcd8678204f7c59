using System.Collections.Immutable;
using System.Net;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;

namespace Orchestrator.Dns.Zone;

/// <summary>
/// The names of a Service and its endpoints as "Kubernetes DNS-Based Service Discovery", version 1.1, lays them down. Pure.
/// </summary>
public static class ServiceNamesBuilder
{
    public static ServiceNames Build(Service? service, IReadOnlyCollection<EndpointSlice> slices)
    {
        if (service?.Spec is not { } spec)
            return ServiceNames.None;
        var name = $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc";
        if (spec.Type == "ExternalName")
            return Alias(name, spec.ExternalName ?? "");
        var addresses = ClusterIPs(spec);
        return addresses.IsEmpty && spec.ClusterIP == "None" ? Headless(name, slices) : Virtual(name, spec, addresses);
    }

    private static ServiceNames Alias(string name, string target) => target.Length == 0
        ? ServiceNames.None
        : new ServiceNames([new(name, new ZoneName { Alias = target.TrimEnd('.').ToLowerInvariant() })], []);

    /// <summary>A Service with a ClusterIP: its name is the address, each named port a target on that name.</summary>
    private static ServiceNames Virtual(string name, ServiceSpec spec, ImmutableArray<IPAddress> addresses)
    {
        if (addresses.IsEmpty)
            return ServiceNames.None;
        var names = new NameTable();
        names.At(name).Addresses.UnionWith(addresses);
        foreach (var port in spec.Ports ?? [])
            names.AddPort(name, port.Name, port.Protocol, new ZoneTarget(name, (ushort)(port.Port ?? 0)));
        return new ServiceNames(names.ToNames(), [.. addresses.Select(address => KeyValuePair.Create(address, name))]);
    }

    /// <summary>A headless Service: its name is all ready endpoints, and each endpoint has a name below it.</summary>
    private static ServiceNames Headless(string name, IReadOnlyCollection<EndpointSlice> slices)
    {
        var names = new NameTable();
        names.At(name);
        var reverse = new HashSet<KeyValuePair<IPAddress, string>>();
        foreach (var slice in slices.Where(slice => slice.AddressType is "IPv4" or "IPv6"))
        {
            foreach (var endpoint in (slice.Endpoints ?? []).Where(endpoint => endpoint.Conditions?.Ready != false))
            {
                foreach (var text in endpoint.Addresses ?? [])
                {
                    if (IPAddress.TryParse(text, out var address))
                        AddEndpoint(names, reverse, name, slice, endpoint, address);
                }
            }
        }
        return new ServiceNames(names.ToNames(), [.. reverse]);
    }

    private static void AddEndpoint(
        NameTable names, HashSet<KeyValuePair<IPAddress, string>> reverse, string name, EndpointSlice slice, Endpoint endpoint, IPAddress address)
    {
        var host = $"{(endpoint.Hostname is { Length: > 0 } hostname ? hostname : Dashed(address))}.{name}";
        names.At(name).Addresses.Add(address);
        names.At(host).Addresses.Add(address);
        foreach (var port in slice.Ports ?? [])
            names.AddPort(name, port.Name, port.Protocol, new ZoneTarget(host, (ushort)(port.Port ?? 0)));
        reverse.Add(new(address, host));
    }

    private static string Dashed(IPAddress address) => address.ToString().Replace('.', '-').Replace(':', '-');

    private static ImmutableArray<IPAddress> ClusterIPs(ServiceSpec spec)
    {
        IReadOnlyList<string> texts = spec.ClusterIPs is { Count: > 0 } list ? list : spec.ClusterIP is { } one ? [one] : [];
        return [.. texts.Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];
    }

    private sealed class NameTable
    {
        private readonly Dictionary<string, Entry> _entries = [];

        public Entry At(string name)
        {
            if (!_entries.TryGetValue(name, out var entry))
                _entries[name] = entry = new Entry();
            return entry;
        }

        /// <summary>Unnamed ports have no name to be asked for. The protocol's own name comes to exist, empty.</summary>
        public void AddPort(string service, string? port, string? protocol, ZoneTarget target)
        {
            if (string.IsNullOrEmpty(port))
                return;
            var parent = $"_{(protocol ?? "TCP").ToLowerInvariant()}.{service}";
            At(parent);
            At($"_{port.ToLowerInvariant()}.{parent}").Targets.Add(target);
        }

        public ImmutableArray<KeyValuePair<string, ZoneName>> ToNames() =>
            [.. _entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToName()))];
    }

    private sealed class Entry
    {
        public HashSet<IPAddress> Addresses { get; } = [];

        public HashSet<ZoneTarget> Targets { get; } = [];

        public ZoneName ToName() => new() { Addresses = [.. Addresses], Targets = [.. Targets] };
    }
}

