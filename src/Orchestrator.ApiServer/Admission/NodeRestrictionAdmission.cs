using Orchestrator.Api.Authentication.V1;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Policy.V1;
using Orchestrator.ApiServer.Authorization.Nodes;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Keeps a kubelet to its own node, the pods bound to it, its own lease, and tokens for its own pods; the bodies of writes tell
/// what the node authorizer cannot see.
/// </summary>
internal sealed class NodeRestrictionAdmission : IValidatingAdmission
{
    private const string RestrictedLabels = "node-restriction.kubernetes.io/";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private static readonly string[] KubernetesLabelSuffixes = ["kubernetes.io", "k8s.io"];

    private static readonly HashSet<string> OwnLabels =
    [
        "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch", "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
    ];

    public string Name => "NodeRestriction";

    public bool Handles(AdmissionAttributes attributes) => attributes.User.IsInGroup(NodeIdentity.Group);

    public ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        if (!NodeIdentity.IsNode(attributes.User, out var node))
            return default;
        if (node.Length == 0)
            throw Refuse(attributes, $"could not determine node from user \"{attributes.User.Name}\"");
        var type = attributes.Definition.RecordType;
        if (type == typeof(Pod))
            CheckPod(attributes, node);
        else if (type == typeof(Node))
            CheckNode(attributes, node);
        else if (type == typeof(ServiceAccount) && attributes.Subresource == "token")
            CheckToken(attributes, node);
        else if (type == typeof(Lease) && attributes.Operation != AdmissionOperation.Connect)
            CheckLease(attributes, node);
        return default;
    }

    private static void CheckPod(AdmissionAttributes attributes, string node)
    {
        switch (attributes.Subresource, attributes.Operation)
        {
            case ("", AdmissionOperation.Create):
                CheckMirrorPod(attributes, attributes.Object!.As<Pod>(), node);
                break;
            case ("", AdmissionOperation.Delete) or ("status", AdmissionOperation.Update):
                if (attributes.OldObject?.As<Pod>().Spec?.NodeName != node)
                    throw Refuse(attributes, $"node \"{node}\" can only {(attributes.Operation == AdmissionOperation.Delete ? "delete pods" : "update pod status for pods")} with spec.nodeName set to itself");
                break;
            case ("eviction", AdmissionOperation.Create):
                var name = attributes.Object?.As<Eviction>().Metadata.Name is { Length: > 0 } given ? given : attributes.Name;
                if (attributes.Context.Server.Reader.Get<Pod>(attributes.Namespace, name)?.Spec?.NodeName != node)
                    throw Refuse(attributes, $"node {node} can only evict pods with spec.nodeName set to itself");
                break;
            case ("", _):
                throw Refuse(attributes, $"unexpected operation \"{attributes.Operation.ToString().ToUpperInvariant()}\", node \"{node}\" can only create and delete mirror pods");
            default:
                throw Refuse(attributes, $"unexpected pod subresource \"{attributes.Subresource}\", only 'status' and 'eviction' are allowed");
        }
    }

    private static void CheckMirrorPod(AdmissionAttributes attributes, Pod pod, string node)
    {
        if (pod.Metadata.Annotations?.ContainsKey(MirrorAnnotation) != true)
            throw Refuse(attributes, $"pod does not have \"{MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods");
        if (pod.Spec?.NodeName != node)
            throw Refuse(attributes, $"node \"{node}\" can only create pods with spec.nodeName set to itself");
        if (pod.Metadata.OwnerReferences is not [{ Kind: "Node", ApiVersion: "v1" } owner] || owner.Name != node)
            throw Refuse(attributes, $"node \"{node}\" can only create pods with an owner reference set to itself");
        if (pod.Spec.ServiceAccountName is { Length: > 0 })
            throw Refuse(attributes, $"node \"{node}\" can not create pods that reference a service account");
        if (PodReferences.Of(pod.Spec, pod.Metadata.Name ?? "").FirstOrDefault(reference => reference.Name is { Length: > 0 }) is { Name: { } } used)
            throw Refuse(attributes, $"node \"{node}\" can not create pods that reference {used.Resource}");
    }

    private static void CheckNode(AdmissionAttributes attributes, string node)
    {
        var item = attributes.Object?.As<Node>();
        var name = attributes.Name.Length > 0 ? attributes.Name : item?.Metadata.Name ?? "";
        if (name != node)
            throw Refuse(attributes, $"node \"{node}\" is not allowed to modify node \"{name}\"");
        if (attributes.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update) || item is null)
            return;
        var old = attributes.OldObject?.As<Node>();
        if (old is not null && attributes.Subresource.Length == 0 && !SameTaints(item, old))
            throw Refuse(attributes, $"node \"{node}\" is not allowed to modify taints");
        foreach (var label in ChangedLabels(item, old))
        {
            if (IsForbidden(label))
                throw Refuse(attributes, $"is not allowed to modify labels: {label}");
        }
    }

    private static bool SameTaints(Node item, Node old) => (item.Spec?.Taints ?? []).SequenceEqual(old.Spec?.Taints ?? []);

    private static IEnumerable<string> ChangedLabels(Node item, Node? old)
    {
        var before = old?.Metadata.Labels ?? new Dictionary<string, string>();
        var now = item.Metadata.Labels ?? new Dictionary<string, string>();
        return now.Keys.Union(before.Keys).Where(key => now.GetValueOrDefault(key) != before.GetValueOrDefault(key));
    }

    /// <summary>Labels that scheduling trusts belong to people, not to the node that would benefit.</summary>
    private static bool IsForbidden(string label)
    {
        if (label.Split('/') is not [var prefix, _])
            return false;
        if (label.StartsWith(RestrictedLabels, StringComparison.Ordinal) || prefix.EndsWith("." + RestrictedLabels[..^1], StringComparison.Ordinal))
            return true;
        var isKubernetes = KubernetesLabelSuffixes.Any(suffix => prefix == suffix || prefix.EndsWith("." + suffix, StringComparison.Ordinal));
        return isKubernetes && !OwnLabels.Contains(label)
            && prefix is not ("kubelet.kubernetes.io" or "node.kubernetes.io")
            && !prefix.EndsWith(".kubelet.kubernetes.io", StringComparison.Ordinal) && !prefix.EndsWith(".node.kubernetes.io", StringComparison.Ordinal);
    }

    private static void CheckToken(AdmissionAttributes attributes, string node)
    {
        var bound = attributes.Object!.As<TokenRequest>().Spec?.BoundObjectRef;
        if (bound is not { ApiVersion: "v1", Kind: "Pod", Name.Length: > 0 })
            throw Refuse(attributes, "node requested token not bound to a pod");
        if (string.IsNullOrEmpty(bound.Uid))
            throw Refuse(attributes, "node requested token with a pod binding without a uid");
        var pod = attributes.Context.Server.Reader.Get<Pod>(attributes.Namespace, bound.Name);
        if (pod?.Spec?.NodeName != node)
            throw Refuse(attributes, "node requested token bound to a pod scheduled on a different node");
        if (pod.Metadata.Uid != bound.Uid)
            throw Refuse(attributes, $"the UID in the bound object reference ({bound.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
    }

    private static void CheckLease(AdmissionAttributes attributes, string node)
    {
        if (attributes.Namespace != "kube-node-lease")
            throw Refuse(attributes, "can only access leases in the \"kube-node-lease\" system namespace");
        var name = attributes.Name.Length > 0 ? attributes.Name : attributes.Object?.Name;
        if (name != node)
            throw Refuse(attributes, "can only access node lease with the same name as the requesting node");
    }

    private static Api.Errors.ApiException Refuse(AdmissionAttributes attributes, string why) =>
        ApiErrors.Forbidden(attributes.Resource, attributes.Name, why);
}
