using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Simulation.Workload;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Where a cluster must come to when nothing fails any more: what the users wanted, and nothing besides.</summary>
internal sealed class FinalState(ClusterState state, DeletionRule deletions, Script script, IReadOnlyList<string> nodes, int servers)
{
    /// <summary>What is not yet as it must be; none when the cluster has settled.</summary>
    public IEnumerable<string> Faults() =>
        deletions.Leftovers().Select(key => key + " is still being deleted").Concat(NodeFaults()).Concat(DeploymentFaults()).Concat(PodFaults()).Concat(ServiceFaults());

    /// <summary>
    /// The state without what may differ from run to run: generated names, uids, times, addresses, and which node a pod is on. Two
    /// runs of the same script, with and without faults, end in the same one.
    /// </summary>
    public string Describe()
    {
        var lines = new List<string>();
        foreach (var item in state.List<Deployment>())
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"deployment {item.Metadata.Name} replicas {item.Spec!.Replicas} image {ImageOf(item.Spec.Template!)} ready {item.Status?.ReadyReplicas ?? 0} updated {item.Status?.UpdatedReplicas ?? 0}"));
        }

        foreach (var pods in state.List<Pod>().GroupBy(pod => (pod.Metadata.Labels?["app"], ImageOf(pod.Spec!), pod.Status?.Phase)).OrderBy(group => group.Key.ToString(), StringComparer.Ordinal))
            lines.Add($"pods {pods.Key} {pods.Count()}");
        foreach (var set in state.List<ReplicaSet>().Where(set => set.Spec!.Replicas > 0))
            lines.Add($"replicaset of {set.ControllerOwner()?.Name} image {ImageOf(set.Spec!.Template!)} replicas {set.Spec.Replicas}");
        foreach (var service in state.List<Service>())
            lines.Add($"service {service.Metadata.Namespace}/{service.Metadata.Name}");
        foreach (var slice in state.List<EndpointSlice>().OrderBy(slice => slice.Metadata.Labels?["kubernetes.io/service-name"], StringComparer.Ordinal))
            lines.Add($"endpoints of {slice.Metadata.Namespace}/{slice.Metadata.Labels?["kubernetes.io/service-name"]} {ConditionsOf(slice)}");
        foreach (var node in state.List<Node>())
            lines.Add($"node {node.Metadata.Name} unschedulable {node.Spec?.Unschedulable ?? false} taints {string.Join(',', (node.Spec?.Taints ?? []).Select(taint => taint.Key + ":" + taint.Effect))}");
        foreach (var item in state.List<Namespace>())
            lines.Add($"namespace {item.Metadata.Name} {item.Status?.Phase}");
        foreach (var item in state.List<ServiceAccount>())
            lines.Add($"serviceaccount {item.Metadata.Namespace}/{item.Metadata.Name}");
        // The counter is judged by what its user was told.
        foreach (var item in state.List<ConfigMap>().Where(item => item.Metadata.Name != "counter"))
            lines.Add($"configmap {item.Metadata.Namespace}/{item.Metadata.Name} {string.Join(',', (item.Data ?? new Dictionary<string, string>()).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value.Length}"))}");
        return string.Join('\n', lines);
    }

    /// <summary>What the users have counted up to.</summary>
    public int Counter() => state.List<ConfigMap>().FirstOrDefault(item => item.Metadata is { Name: "counter" }) is { Data: { } data }
        ? int.Parse(data["n"], CultureInfo.InvariantCulture)
        : 0;

    private IEnumerable<string> NodeFaults()
    {
        foreach (var name in nodes.Except(state.List<Node>().Select(node => node.Metadata.Name!)))
            yield return $"{name} is missing";
        foreach (var node in state.List<Node>())
        {
            if (node.Status?.Conditions?.Any(one => one is { Type: "Ready", Status: "True" }) != true)
                yield return $"{node.Metadata.Name} is not ready";
            var wanted = script.Cordoned.Contains(node.Metadata.Name!) ? "node.kubernetes.io/unschedulable:NoSchedule" : "";
            var taints = string.Join(',', (node.Spec?.Taints ?? []).Select(taint => taint.Key + ":" + taint.Effect));
            if (taints != wanted)
                yield return $"{node.Metadata.Name} has taints [{taints}], not [{wanted}]";
        }
    }

    private IEnumerable<string> DeploymentFaults()
    {
        var found = state.List<Deployment>().ToDictionary(item => item.Metadata.Name!);
        foreach (var name in found.Keys.Except(script.Wanted.Keys))
            yield return $"deployment {name} should be gone";
        foreach (var intent in script.Wanted.Values)
        {
            if (!found.TryGetValue(intent.Name, out var item))
            {
                yield return $"deployment {intent.Name} is missing";
                continue;
            }

            if (item.Spec!.Replicas != intent.Replicas || ImageOf(item.Spec.Template!) != $"registry.local/app:v{intent.Version}")
                yield return $"deployment {intent.Name} is not what its user wanted";
            var status = item.Status;
            if (status?.ObservedGeneration != item.Metadata.Generation || (status?.Replicas ?? 0) != intent.Replicas
                || (status?.UpdatedReplicas ?? 0) != intent.Replicas || (status?.AvailableReplicas ?? 0) != intent.Replicas)
                yield return $"deployment {intent.Name} wants {intent.Replicas} and has {status?.Replicas} replicas, {status?.UpdatedReplicas} updated, {status?.AvailableReplicas} available";
        }
    }

    private IEnumerable<string> PodFaults()
    {
        foreach (var item in state.List<Deployment>())
        {
            var old = state.List<ReplicaSet>().Count(set => set.ControllerOwner()?.Uid == item.Metadata.Uid && set.Spec!.Replicas == 0);
            // With none wanted the present one is among them.
            if (old > item.Spec!.RevisionHistoryLimit + (item.Spec.Replicas == 0 ? 1 : 0))
                yield return $"deployment {item.Metadata.Name} keeps {old} old replicasets of {item.Spec.RevisionHistoryLimit}";
        }

        var replicaSets = state.List<ReplicaSet>().ToDictionary(item => item.Metadata.Uid!);
        var deployments = state.List<Deployment>().Select(item => item.Metadata.Uid!).ToHashSet();
        foreach (var item in replicaSets.Values)
        {
            if (item.ControllerOwner()?.Uid is not { } owner || !deployments.Contains(owner))
                yield return $"replicaset {item.Metadata.Name} has no owner any more";
        }

        foreach (var pod in state.List<Pod>())
        {
            if (pod.ControllerOwner()?.Uid is not { } owner || !replicaSets.ContainsKey(owner))
                yield return $"pod {pod.Metadata.Name} has no owner any more";
            if (pod.Status is not { Phase: "Running", Conditions: { } conditions } || !conditions.Any(one => one is { Type: "Ready", Status: "True" }))
                yield return $"pod {pod.Metadata.Name} on '{pod.Spec?.NodeName}' is {pod.Status?.Phase} and not ready";
        }
    }

    private IEnumerable<string> ServiceFaults()
    {
        // The cluster's own one there has no selector.
        var exposed = state.List<Service>().Where(one => one is { Metadata.Namespace: User.Namespace, Spec.Selector: not null })
            .Select(one => one.Metadata.Name!).ToHashSet();
        foreach (var name in script.Exposed.Except(exposed))
            yield return $"service {name} is missing";
        foreach (var name in exposed.Except(script.Exposed))
            yield return $"service {name} should be gone";
        foreach (var (ns, name, count) in ((string, string, int)[])[("default", "kubernetes", servers), ("kube-system", "kube-dns", nodes.Count)])
        {
            var found = state.List<EndpointSlice>().Where(slice => slice.Metadata.Namespace == ns && slice.Metadata.Labels?.GetValueOrDefault("kubernetes.io/service-name") == name)
                .Sum(slice => slice.Endpoints?.Count ?? 0);
            if (found != count)
                yield return $"service {name} has {found} endpoints of {count}";
        }

        var slices = state.List<EndpointSlice>().ToLookup(slice => (slice.Metadata.Namespace, slice.Metadata.Labels?.GetValueOrDefault("kubernetes.io/service-name")));
        foreach (var service in state.List<Service>().Where(one => one.Spec?.Selector is not null))
        {
            var expected = state.List<Pod>().Where(pod => pod.Metadata.Labels?.GetValueOrDefault("app") == service.Spec!.Selector!["app"])
                .Select(pod => pod.Status?.PodIP).Order(StringComparer.Ordinal);
            var actual = slices[(service.Metadata.Namespace, service.Metadata.Name)].SelectMany(slice => slice.Endpoints ?? [])
                .Where(endpoint => endpoint.Conditions?.Ready == true).SelectMany(endpoint => endpoint.Addresses ?? []).Order(StringComparer.Ordinal);
            if (!expected.SequenceEqual(actual))
                yield return $"the endpoints of service {service.Metadata.Name} are [{string.Join(' ', actual)}], its pods [{string.Join(' ', expected)}]";
        }
    }

    /// <summary>How many endpoints are in which condition.</summary>
    private static string ConditionsOf(EndpointSlice slice) => string.Join(", ", (slice.Endpoints ?? [])
        .GroupBy(one => $"ready {one.Conditions?.Ready} serving {one.Conditions?.Serving} terminating {one.Conditions?.Terminating}")
        .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"));

    private static string ImageOf(PodTemplateSpec template) => ImageOf(template.Spec!);

    private static string ImageOf(PodSpec spec) => spec.Containers?[0].Image ?? "";
}
