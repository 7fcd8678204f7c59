using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;

namespace Orchestrator.ApiServer.Resources.Core.Services;

internal static class ServiceResource
{
    private const int LoadBalancerWidth = 16;

    /// <param name="proxy">Passes requests on to a pod behind the service.</param>
    public static ResourceDefinition Definition(IConnectHandler proxy) => ResourceDefinition.For<Service>() with
    {
        Strategy = new ServiceStrategy(),
        Subresources =
        [
            Subresource.Connect("proxy", proxy, "ServiceProxyOptions", "create", "delete", "get", "patch", "update"),
            Subresource.Status(new ResourceStrategy<Service>()),
        ],
        SelectableFields = [new SelectableField("spec.clusterIP"), new SelectableField("spec.type")],
        Columns =
        [
            Column.NameColumn,
            Column.Of<Service>("Type", "string", 0, service => service.Spec?.Type, "How the service is reached."),
            Column.Of<Service>("Cluster-IP", "string", 0, service => service.Spec?.ClusterIPs is [var first, ..] ? first : CellText.None),
            Column.Of<Service>("External-IP", "string", 0, ExternalIP),
            Column.Of<Service>("Port(s)", "string", 0, Ports, "Ports, with the node port where there is one."),
            Column.AgeColumn,
            Column.Of<Service>("Selector", "string", 1, service => CellText.Labels(service.Spec?.Selector)),
        ],
    };

    private static string ExternalIP(Service service)
    {
        var external = string.Join(',', service.Spec?.ExternalIPs ?? []);
        switch (service.Spec?.Type)
        {
            case "ExternalName":
                return service.Spec.ExternalName ?? "";
            case "LoadBalancer":
                var ingress = string.Join(',', (service.Status?.LoadBalancer?.Ingress ?? [])
                    .Select(one => one.Ip ?? one.Hostname ?? "").Where(one => one.Length > 0).Order(StringComparer.Ordinal));
                if (ingress.Length > LoadBalancerWidth)
                    ingress = ingress[..(LoadBalancerWidth - 3)] + "...";
                return ingress.Length + external.Length == 0 ? "<pending>" : string.Join(',', ((string[])[ingress, external]).Where(one => one.Length > 0));
            default:
                return external.Length == 0 ? CellText.None : external;
        }
    }

    private static string Ports(Service service) => service.Spec?.Ports is not { Count: > 0 } ports
        ? CellText.None
        : string.Join(',', ports.Select(port => port.NodePort is > 0 ? $"{port.Port}:{port.NodePort}/{port.Protocol}" : $"{port.Port}/{port.Protocol}"));
}
