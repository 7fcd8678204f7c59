using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;
using SlicePort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>A <see cref="SlicePlan"/> in the making.</summary>
internal sealed class SliceDraft(Service service)
{
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    public const string ManagedBy = "endpointslice-controller.k8s.io";
    private const string HeadlessLabel = "service.kubernetes.io/headless";

    private readonly List<EndpointSlice> created = [];
    private readonly List<EndpointSlice> updated = [];
    private readonly List<EndpointSlice> dropped = [];
    private readonly IReadOnlyDictionary<string, string> labels = LabelsOf(service);
    private readonly IReadOnlyList<OwnerReference> owners = [Owners.ControllerReference(service)];

    public void Drop(EndpointSlice slice) => dropped.Add(slice);

    /// <summary>
    /// Puts endpoints into slices of the same ports: first each stays where it is, then new ones go where something changes anyway,
    /// then where they fit, then into new slices.
    /// </summary>
    public void Place(string family, IReadOnlyList<SlicePort> ports, Dictionary<string, Endpoint> desired, IReadOnlyList<EndpointSlice> existing)
    {
        var toPlace = new Dictionary<string, Endpoint>(desired);
        var slices = existing.Select(s => new Working(s, toPlace)).ToList();
        foreach (var slice in slices.Where(s => s.IsChanged).OrderByDescending(s => s.Endpoints.Count))
            slice.Fill(toPlace);
        while (toPlace.Count > 0)
        {
            var target = slices.Find(s => !s.IsChanged && s.Endpoints.Count + toPlace.Count <= SlicePlan.MaxEndpoints);
            if (target is null)
                slices.Add(target = new Working(null, toPlace));
            target.Fill(toPlace);
        }

        foreach (var slice in slices)
            Settle(slice, family, ports);
    }

    /// <summary>A Service without endpoints keeps one empty slice, so that readers can tell it from one not looked at yet.</summary>
    public void EnsureOne(string family, IReadOnlyList<EndpointSlice> existing)
    {
        var isKept = existing.Any(s => !dropped.Exists(d => ReferenceEquals(d, s)));
        if (isKept || created.Exists(s => s.AddressType == family))
            return;
        var placeholder = dropped.Find(s => s.AddressType == family);
        if (placeholder is null)
        {
            created.Add(New(family, [], []));
            return;
        }

        dropped.Remove(placeholder);
        if (placeholder.Endpoints is { Count: > 0 } || placeholder.Ports is { Count: > 0 } || !HasMetadata(placeholder))
            updated.Add(With(placeholder, [], []));
    }

    /// <summary>A slice to delete and one to create become one to update.</summary>
    public SlicePlan ToPlan()
    {
        for (var i = created.Count - 1; i >= 0; i--)
        {
            if (dropped.Find(s => s.AddressType == created[i].AddressType) is not { } reusable)
                continue;
            dropped.Remove(reusable);
            updated.Add(With(reusable, created[i].Ports!, created[i].Endpoints!));
            created.RemoveAt(i);
        }

        return new SlicePlan(created, updated, dropped);
    }

    private void Settle(Working slice, string family, IReadOnlyList<SlicePort> ports)
    {
        if (slice.Original is null)
            created.Add(New(family, ports, slice.Endpoints));
        else if (slice.Endpoints.Count == 0)
            dropped.Add(slice.Original);
        else if (slice.IsChanged || !HasMetadata(slice.Original))
            updated.Add(With(slice.Original, ports, slice.Endpoints));
    }

    private EndpointSlice New(string family, IReadOnlyList<SlicePort> ports, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-", Namespace = service.Metadata.Namespace, Labels = labels, OwnerReferences = owners,
        },
        AddressType = family, Ports = ports, Endpoints = endpoints,
    };

    private EndpointSlice With(EndpointSlice slice, IReadOnlyList<SlicePort> ports, IReadOnlyList<Endpoint> endpoints) => slice with
    {
        Metadata = slice.Metadata with { Labels = labels, OwnerReferences = owners },
        Ports = ports,
        Endpoints = endpoints,
    };

    private bool HasMetadata(EndpointSlice slice) =>
        slice.ControllerOwner()?.Uid == service.Metadata.Uid
        && ApiEquality.Same(new ObjectMeta { Labels = labels }, new ObjectMeta { Labels = slice.Metadata.Labels });

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            [ServiceNameLabel] = service.Metadata.Name!, [ManagedByLabel] = ManagedBy,
        };
        labels.Remove(HeadlessLabel);
        if (service.Spec?.ClusterIP == "None")
            labels[HeadlessLabel] = "";
        return labels;
    }

    /// <summary>One slice while endpoints are taken out, changed and added.</summary>
    private sealed class Working
    {
        public Working(EndpointSlice? original, Dictionary<string, Endpoint> toPlace)
        {
            Original = original;
            foreach (var endpoint in original?.Endpoints ?? [])
            {
                if (!toPlace.Remove(EndpointIdentity.Of(endpoint), out var wanted))
                {
                    IsChanged = true;
                    continue;
                }

                IsChanged |= !EndpointIdentity.Same(endpoint, wanted);
                Endpoints.Add(wanted);
            }
        }

        public EndpointSlice? Original { get; }

        public bool IsChanged { get; private set; }

        public List<Endpoint> Endpoints { get; } = [];

        public void Fill(Dictionary<string, Endpoint> toPlace)
        {
            foreach (var (identity, endpoint) in toPlace)
            {
                if (Endpoints.Count >= SlicePlan.MaxEndpoints)
                    return;
                Endpoints.Add(endpoint);
                toPlace.Remove(identity);
                IsChanged = true;
            }
        }
    }
}
