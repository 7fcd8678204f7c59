using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Causes;

/// <summary>
/// GET /apis/lab.orc.dev/v1alpha1/[namespaces/{ns}/]causes?resource=pods&amp;group=&amp;name=web-abc[&amp;revision=N]: the writes of an
/// object, and the chain that led to one of them: to the named revision, else to its deletion or its creation.
/// </summary>
internal sealed class CausesResource(CauseWalker walker, ResourceRegistry resources) : IVirtualResource
{
    public ResourceAttribute Names { get; } = new("lab.orc.dev", "v1alpha1", "CauseChain", "causes", "cause") { Namespaced = true };

    public IReadOnlyList<string> Verbs { get; } = ["list"];

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var query = context.Http!.Request.Query;
        var format = ResponseFormat.Choose(context.Http.Request, allowsShapes: false, allowsProtobuf: false);
        var name = query["name"].ToString();
        if (name.Length == 0 || query["resource"].ToString().Length == 0)
            throw ApiErrors.BadRequest("the parameters resource and name say which object is asked about");
        var definition = Find(query["group"].ToString(), query["resource"].ToString());
        try
        {
            var (writes, writesTruncated) = await walker.WritesAsync(definition.Key(context.Info.Namespace, name), cancellationToken);
            if (writes.Count == 0)
                throw ApiErrors.NotFound(definition.Resource, name);
            var (links, truncated) = await walker.ChainAsync(Choose(writes, query["revision"].ToString()), cancellationToken);
            var chain = new CauseChain { Writes = writes, Links = links, Truncated = truncated || writesTruncated };
            var body = JsonSerializer.SerializeToUtf8Bytes(chain, CauseChainJsonContext.Default.CauseChain);
            await ResponseWriter.SendAsync(context, body, 200, format, cancellationToken);
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }

    private ResourceDefinition Find(string group, string resource)
    {
        foreach (var definition in resources.All)
        {
            if (definition.IsStored && definition.Resource.Group == group && (definition.Names.Plural == resource || definition.Names.Singular == resource))
                return definition;
        }

        throw ApiErrors.BadRequest($"no resource \"{resource}\" is stored in group \"{group}\"");
    }

    private static CauseLink Choose(List<CauseLink> writes, string revision)
    {
        if (revision.Length == 0)
            return writes[0].Change == "deleted" ? writes[0] : writes[^1];
        foreach (var write in writes)
        {
            if (long.TryParse(revision, out var wanted) && write.Revision == wanted)
                return write;
        }

        throw ApiErrors.BadRequest($"the object was not written at revision {revision}, or that is no longer kept");
    }
}
