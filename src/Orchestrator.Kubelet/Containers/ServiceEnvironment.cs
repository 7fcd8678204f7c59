using System.Globalization;
using Orchestrator.Client.Informers;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Containers;

/// <summary>
/// The variables that announce Services: NAME_SERVICE_HOST and the rest. Those of the pod's namespace unless the pod opts out,
/// and always those of default/kubernetes.
/// </summary>
internal sealed class ServiceEnvironment(IInformer<Service> services)
{
    private const string MasterNamespace = "default";
    private const string MasterName = "kubernetes";

    public async ValueTask<IReadOnlyDictionary<string, string>> ForPodAsync(Pod pod, CancellationToken cancellationToken)
    {
        await services.Synced.WaitAsync(cancellationToken);
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        if (services.Lister.Find(new(MasterNamespace, MasterName)) is { } master)
            Add(result, master);
        if (pod.Spec?.EnableServiceLinks != false)
        {
            foreach (var service in services.Lister.List(pod.Namespace()))
                Add(result, service);
        }

        return result;
    }

    internal static void Add(Dictionary<string, string> result, Service service)
    {
        var spec = service.Spec;
        if (spec?.ClusterIP is not { Length: > 0 } host || host == "None" || spec.Ports is not { Count: > 0 } ports)
            return;
        var prefix = VariableName(service.Metadata.Name!);
        var first = Text(ports[0].Port);
        result[$"{prefix}_SERVICE_HOST"] = host;
        result[$"{prefix}_SERVICE_PORT"] = first;
        foreach (var port in ports)
        {
            if (port.Name is { Length: > 0 } name)
                result[$"{prefix}_SERVICE_PORT_{VariableName(name)}"] = Text(port.Port);
        }

        for (var i = 0; i < ports.Count; i++)
            AddLink(result, prefix, host, ports[i], isFirst: i == 0);
    }

    /// <summary>The older form, from the days of linked containers.</summary>
    private static void AddLink(Dictionary<string, string> result, string prefix, string host, ServicePort port, bool isFirst)
    {
        var protocol = port.Protocol ?? "TCP";
        var url = $"{protocol.ToLowerInvariant()}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{Text(port.Port)}";
        if (isFirst)
            result[$"{prefix}_PORT"] = url;
        var portPrefix = $"{prefix}_PORT_{Text(port.Port)}_{protocol.ToUpperInvariant()}";
        result[portPrefix] = url;
        result[$"{portPrefix}_PROTO"] = protocol.ToLowerInvariant();
        result[$"{portPrefix}_PORT"] = Text(port.Port);
        result[$"{portPrefix}_ADDR"] = host;
    }

    private static string VariableName(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Text(int? port) => (port ?? 0).ToString(CultureInfo.InvariantCulture);
}
