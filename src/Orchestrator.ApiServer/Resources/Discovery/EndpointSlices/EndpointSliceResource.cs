using Orchestrator.Api.Discovery.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Discovery.EndpointSlices;

internal static class EndpointSliceResource
{
    private const int MaxShown = 3;

    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<EndpointSlice>() with
    {
        Strategy = new EndpointSliceStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<EndpointSlice>("AddressType", "string", 0, slice => slice.AddressType),
            Column.Of<EndpointSlice>("Ports", "string", 0, Ports),
            Column.Of<EndpointSlice>("Endpoints", "string", 0, Endpoints),
            Column.AgeColumn,
        ],
    };

    private static string Ports(EndpointSlice slice)
    {
        if (slice.Ports is not { Count: > 0 } ports)
            return "<unset>";
        var shown = ports.Take(MaxShown).Select(port => port.Port is { } number ? $"{number}" : "*").ToList();
        return Shortened(shown, ports.Count);
    }

    private static string Endpoints(EndpointSlice slice)
    {
        var all = (slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses ?? []).ToList();
        return all.Count == 0 ? "<unset>" : Shortened([.. all.Take(MaxShown)], all.Count);
    }

    private static string Shortened(List<string> shown, int total) =>
        string.Join(',', shown) + (total > MaxShown ? $" + {total - MaxShown} more..." : "");
}

/// <summary>Endpoint slices: what the proxies send a service's traffic to.</summary>
internal sealed class EndpointSliceStrategy : ResourceStrategy<EndpointSlice>
{
    private const int MaxEndpoints = 1000;
    private const int MaxPorts = 20000;
    private const int MaxAddresses = 100;

    private static readonly string[] AddressTypes = ["FQDN", "IPv4", "IPv6"];

    /// <summary>There is no spec: everything but metadata counts.</summary>
    public override bool? TracksGeneration => true;

    protected override void Validate(EndpointSlice item, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(item.AddressType))
            errors.Required(FieldPath.Of("addressType"));
        else if (!AddressTypes.Contains(item.AddressType))
            errors.NotSupported(FieldPath.Of("addressType"), item.AddressType, AddressTypes);
        CheckEndpoints(item, FieldPath.Of("endpoints"), errors);
        CheckPorts(item.Ports, FieldPath.Of("ports"), errors);
    }

    protected override void ValidateChange(EndpointSlice item, EndpointSlice old, FieldErrors errors)
    {
        if (item.AddressType != old.AddressType)
            errors.Invalid(FieldPath.Of("addressType"), item.AddressType, "field is immutable");
    }

    private static void CheckEndpoints(EndpointSlice item, FieldPath path, FieldErrors errors)
    {
        if (item.Endpoints?.Count > MaxEndpoints)
        {
            errors.TooMany(path, item.Endpoints.Count, MaxEndpoints);
            return;
        }

        for (var i = 0; i < item.Endpoints?.Count; i++)
        {
            var endpoint = item.Endpoints[i];
            var addresses = path.Index(i).Child("addresses");
            if (endpoint.Addresses is not { Count: > 0 })
                errors.Required(addresses, "must contain at least 1 address");
            else if (endpoint.Addresses.Count > MaxAddresses)
                errors.TooMany(addresses, endpoint.Addresses.Count, MaxAddresses);
            for (var j = 0; j < endpoint.Addresses?.Count; j++)
            {
                if (item.AddressType is "IPv4" or "IPv6")
                    PortRules.CheckAddress(endpoint.Addresses[j], addresses.Index(j), errors);
                else if (NameRules.DnsSubdomain(endpoint.Addresses[j]) is { } fault)
                    errors.Invalid(addresses.Index(j), endpoint.Addresses[j], fault);
            }

            if (endpoint.Hostname is { } hostname && NameRules.DnsLabel(hostname) is { } hostFault)
                errors.Invalid(path.Index(i).Child("hostname"), hostname, hostFault);
            if (endpoint.NodeName is { } node && NameRules.DnsSubdomain(node) is { } nodeFault)
                errors.Invalid(path.Index(i).Child("nodeName"), node, nodeFault);
        }
    }

    private static void CheckPorts(IReadOnlyList<EndpointPort>? ports, FieldPath path, FieldErrors errors)
    {
        if (ports?.Count > MaxPorts)
        {
            errors.TooMany(path, ports.Count, MaxPorts);
            return;
        }

        var names = new HashSet<string>();
        for (var i = 0; i < ports?.Count; i++)
        {
            var name = ports[i].Name ?? "";
            if (name.Length > 0 && NameRules.DnsLabel(name) is { } fault)
                errors.Invalid(path.Index(i).Child("name"), name, fault);
            if (!names.Add(name))
                errors.Duplicate(path.Child("name"), name);
            if (string.IsNullOrEmpty(ports[i].Protocol))
                errors.Required(path.Index(i).Child("protocol"));
            else
                PortRules.CheckProtocol(ports[i].Protocol, path.Index(i).Child("protocol"), errors);
            if (ports[i].Port is { } number)
                PortRules.CheckNumber(number, path.Index(i).Child("port"), errors);
        }
    }
}
