using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Nodes;

internal static class NodeResource
{
    /// <param name="proxy">Passes requests on to the node's kubelet.</param>
    public static ResourceDefinition Definition(IConnectHandler proxy) => ResourceDefinition.For<Node>() with
    {
        Strategy = new NodeStrategy(),
        Subresources =
        [
            Subresource.Connect("proxy", proxy, "NodeProxyOptions", "create", "delete", "get", "patch", "update"),
            Subresource.Status(new NodeStatusStrategy()),
        ],
        SelectableFields = [new SelectableField("spec.unschedulable", "false")],
        Columns = NodeColumns.All,
    };
}

/// <summary>What <c>kubectl get nodes</c> prints.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<Column> All { get; } =
    [
        Column.NameColumn,
        Column.Of<Node>("Status", "string", 0, Status, "Whether the node is ready for pods."),
        Column.Of<Node>("Roles", "string", 0, Roles, "Roles named by labels."),
        Column.AgeColumn,
        Column.Of<Node>("Version", "string", 0, node => node.Status?.NodeInfo?.KubeletVersion ?? "", "Version of the kubelet."),
        Column.Of<Node>("Internal-IP", "string", 1, node => Address(node, "InternalIP")),
        Column.Of<Node>("External-IP", "string", 1, node => Address(node, "ExternalIP")),
        Column.Of<Node>("OS-Image", "string", 1, node => OrUnknown(node.Status?.NodeInfo?.OsImage)),
        Column.Of<Node>("Kernel-Version", "string", 1, node => OrUnknown(node.Status?.NodeInfo?.KernelVersion)),
        Column.Of<Node>("Container-Runtime", "string", 1, node => OrUnknown(node.Status?.NodeInfo?.ContainerRuntimeVersion)),
    ];

    private static string Status(Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var status = ready is null ? "Unknown" : ready.Status == "True" ? "Ready" : "NotReady";
        return node.Spec?.Unschedulable == true ? status + ",SchedulingDisabled" : status;
    }

    private static string Roles(Node node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
                roles.Add(key[RolePrefix.Length..]);
            else if (key == "kubernetes.io/role" && value.Length > 0)
                roles.Add(value);
        }

        return roles.Count == 0 ? CellText.None : string.Join(',', roles);
    }

    private static string Address(Node node, string type) =>
        node.Status?.Addresses?.FirstOrDefault(address => address.Type == type)?.Address ?? CellText.None;

    private static string OrUnknown(string? text) => string.IsNullOrEmpty(text) ? "<unknown>" : text;
}

/// <summary>Nodes: registered by their kubelets together with their status.</summary>
internal sealed class NodeStrategy : ResourceStrategy<Node>
{
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    public override bool KeepsStatusOnCreate => true;

    public override void SetDefaults(JsonObject document) => SetNodeDefaults(document);

    /// <summary>What is there can be given out, unless the kubelet keeps some back.</summary>
    internal static void SetNodeDefaults(JsonObject document)
    {
        if (document.Child("status") is { } status && status.Child("capacity") is { Count: > 0 } capacity && status["allocatable"] is null)
            status["allocatable"] = capacity.DeepClone();
        var spec = document.Child("spec");
        if (spec?.Text("podCIDR") is { Length: > 0 } cidr && spec["podCIDRs"] is null)
            spec["podCIDRs"] = new JsonArray(cidr);
        else if (spec?["podCIDRs"] is JsonArray { Count: > 0 } all && spec["podCIDR"] is null)
            spec["podCIDR"] = all[0]!.DeepClone();
    }

    protected override void Validate(Node item, FieldErrors errors)
    {
        var path = FieldPath.Of("spec");
        var taints = new HashSet<(string?, string?)>();
        for (var i = 0; i < item.Spec?.Taints?.Count; i++)
        {
            var taint = item.Spec.Taints[i];
            var taintPath = path.Child("taints").Index(i);
            LabelRules.CheckQualifiedName(taint.Key ?? "", taintPath.Child("key"), errors);
            foreach (var fault in LabelRules.ValueFaults(taint.Value ?? ""))
                errors.Invalid(taintPath.Child("value"), taint.Value, fault);
            if (string.IsNullOrEmpty(taint.Effect))
                errors.Required(taintPath.Child("effect"));
            else if (!Effects.Contains(taint.Effect))
                errors.NotSupported(taintPath.Child("effect"), taint.Effect, Effects);
            if (!taints.Add((taint.Key, taint.Effect)))
                errors.Duplicate(taintPath, $"{taint.Key}:{taint.Effect}");
        }

        for (var i = 0; i < item.Spec?.PodCIDRs?.Count; i++)
        {
            if (!IPNetwork.TryParse(item.Spec.PodCIDRs[i], out _))
                errors.Invalid(path.Child("podCIDRs").Index(i), item.Spec.PodCIDRs[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    protected override void ValidateChange(Node item, Node old, FieldErrors errors)
    {
        var path = FieldPath.Of("spec");
        if (old.Spec?.PodCIDRs is { Count: > 0 } before && item.Spec?.PodCIDRs?.SequenceEqual(before) != true)
            errors.Forbidden(path.Child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
        if (old.Spec?.ProviderID is { Length: > 0 } provider && item.Spec?.ProviderID != provider)
            errors.Forbidden(path.Child("providerID"), "node updates may not change providerID except from \"\" to valid");
    }
}

/// <summary>nodes/status: what the kubelet reports.</summary>
internal sealed class NodeStatusStrategy : ResourceStrategy<Node>
{
    public override void SetDefaults(JsonObject document) => NodeStrategy.SetNodeDefaults(document);

    protected override void Validate(Node item, FieldErrors errors)
    {
        var addresses = new HashSet<(string?, string?)>();
        for (var i = 0; i < item.Status?.Addresses?.Count; i++)
        {
            var address = item.Status.Addresses[i];
            if (!addresses.Add((address.Type, address.Address)))
                errors.Duplicate(FieldPath.Of("status").Child("addresses").Index(i), $"{address.Type}:{address.Address}");
        }
    }
}
