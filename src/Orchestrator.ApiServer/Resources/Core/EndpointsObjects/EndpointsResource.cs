using System.Globalization;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.EndpointsObjects;

internal static class EndpointsResource
{
    private const int MaxShown = 3;

    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<Endpoints>() with
    {
        Strategy = new EndpointsStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<Endpoints>("Endpoints", "string", 0, Cell, "Addresses and ports that are ready."),
            Column.AgeColumn,
        ],
    };

    private static string Cell(Endpoints endpoints)
    {
        if (endpoints.Subsets is not { Count: > 0 } subsets)
            return CellText.None;
        var all = new List<string>();
        foreach (var subset in subsets)
        {
            foreach (var address in subset.Addresses ?? [])
            {
                if (subset.Ports is not { Count: > 0 })
                    all.Add(address.Ip ?? "");
                foreach (var port in subset.Ports ?? [])
                    all.Add(string.Create(CultureInfo.InvariantCulture, $"{address.Ip}:{port.Port}"));
            }
        }

        if (all.Count == 0)
            return CellText.None;
        return string.Join(',', all.Take(MaxShown)) + (all.Count > MaxShown ? $" + {all.Count - MaxShown} more..." : "");
    }
}

/// <summary>Endpoints: the older form of endpoint slices.</summary>
internal sealed class EndpointsStrategy : ResourceStrategy<Endpoints>
{
    public override bool AllowsCreateOnUpdate => true;

    protected override void Validate(Endpoints item, FieldErrors errors)
    {
        for (var i = 0; i < item.Subsets?.Count; i++)
        {
            var subset = item.Subsets[i];
            var path = FieldPath.Of("subsets").Index(i);
            if (subset.Addresses is not { Count: > 0 } && subset.NotReadyAddresses is not { Count: > 0 })
                errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
            CheckAddresses(subset.Addresses, path.Child("addresses"), errors);
            CheckAddresses(subset.NotReadyAddresses, path.Child("notReadyAddresses"), errors);
            for (var j = 0; j < subset.Ports?.Count; j++)
            {
                var portPath = path.Child("ports").Index(j);
                if (subset.Ports.Count > 1 && string.IsNullOrEmpty(subset.Ports[j].Name))
                    errors.Required(portPath.Child("name"));
                else if (subset.Ports[j].Name is { Length: > 0 } name && NameRules.DnsLabel(name) is { } fault)
                    errors.Invalid(portPath.Child("name"), name, fault);
                PortRules.CheckNumber(subset.Ports[j].Port, portPath.Child("port"), errors);
                PortRules.CheckProtocol(subset.Ports[j].Protocol, portPath.Child("protocol"), errors);
            }
        }
    }

    private static void CheckAddresses(IReadOnlyList<EndpointAddress>? addresses, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < addresses?.Count; i++)
        {
            PortRules.CheckAddress(addresses[i].Ip, path.Index(i).Child("ip"), errors);
            if (addresses[i].Hostname is { Length: > 0 } hostname && NameRules.DnsLabel(hostname) is { } fault)
                errors.Invalid(path.Index(i).Child("hostname"), hostname, fault);
        }
    }
}
