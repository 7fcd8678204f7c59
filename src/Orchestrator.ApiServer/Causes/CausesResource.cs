using System.Globalization;
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
            var key = definition.Key(context.Info.Namespace, name);
            var (writes, writesTruncated) = await walker.WritesAsync(key, cancellationToken);
            if (writes.Count == 0)
                throw ApiErrors.NotFound(definition.Resource, name);
            var (links, truncated) = await walker.ChainAsync(await ChooseAsync(key, writes, query["revision"].ToString(), cancellationToken), cancellationToken);
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

    private async Task<CauseLink> ChooseAsync(string key, List<CauseLink> writes, string revision, CancellationToken cancellationToken)
    {
        if (revision.Length == 0)
            return writes[0].Change == "deleted" ? writes[0] : writes[^1];
        if (long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            && (writes.Find(write => write.Revision == wanted) ?? await walker.WriteAtAsync(key, wanted, cancellationToken)) is { } chosen)
            return chosen;
        throw ApiErrors.BadRequest($"the object was not written at revision {revision}, or that is no longer kept");
    }
}
