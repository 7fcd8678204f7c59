using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Client.Informers;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Cache;

/// <summary><see cref="IClusterObjects"/> over the informers' caches.</summary>
internal sealed class ClusterObjects(IInformerFactory informers) : IClusterObjects
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private readonly ILister<Namespace> namespaces = informers.For<Namespace>().Lister;
    private readonly ILister<Service> services = informers.For<Service>().Lister;
    private readonly ILister<ReplicaSet> replicaSets = informers.For<ReplicaSet>().Lister;
    private readonly ILister<PersistentVolumeClaim> claims = informers.For<PersistentVolumeClaim>().Lister;
    private readonly ILister<PersistentVolume> volumes = informers.For<PersistentVolume>().Lister;

    public IReadOnlyDictionary<string, string> NamespaceLabels(string name) =>
        namespaces.Find(new ObjectKey("", name))?.Metadata.Labels ?? NoLabels;

    public IReadOnlyList<LabelMatcher> SelectorsOf(PodInfo pod)
    {
        var selectors = new List<LabelMatcher>();
        foreach (var service in services.List(pod.Namespace))
        {
            if (service.Spec?.Selector is { Count: > 0 } selector && LabelMatcher.Of(selector) is var matcher && matcher.Matches(pod.Labels))
                selectors.Add(matcher);
        }

        if (pod.Pod.ControllerOwner() is { Kind: "ReplicaSet", Name: { } owner }
            && replicaSets.Find(new ObjectKey(pod.Namespace, owner))?.Spec?.Selector is { } own)
            selectors.Add(LabelMatcher.Of(own));
        return selectors;
    }

    public PersistentVolumeClaim? FindClaim(string @namespace, string name) => claims.Find(new ObjectKey(@namespace, name));

    public PersistentVolume? FindVolume(string name) => volumes.Find(new ObjectKey("", name));
}
