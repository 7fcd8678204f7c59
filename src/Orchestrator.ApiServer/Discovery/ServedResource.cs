using Orchestrator.Api;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Discovery;

/// <summary>What discovery says of one resource, stored or computed.</summary>
internal sealed record ServedResource(ResourceAttribute Names, IReadOnlyList<string> Verbs, IReadOnlyList<Subresource> Subresources)
{
    public GroupVersionKind Kind => new(Names.Group, Names.Version, Names.Kind);

    public static List<ServedResource> All(ResourceRegistry resources, IEnumerable<IVirtualResource> virtuals) =>
    [
        .. resources.All.Select(one => new ServedResource(one.Names, one.Verbs, one.Subresources)),
        .. virtuals.Select(one => new ServedResource(one.Names, one.Verbs, [])),
    ];
}
