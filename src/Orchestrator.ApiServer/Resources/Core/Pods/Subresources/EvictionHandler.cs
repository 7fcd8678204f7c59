using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Policy.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Subresources;

/// <summary>pods/eviction: a deletion that budgets could refuse. There are no budgets yet, so it deletes.</summary>
internal sealed class EvictionHandler : ICreateHandler
{
    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var eviction = body.As<Eviction>();
        if (eviction.Metadata.Name is { Length: > 0 } name && name != context.Info.Name)
            throw ApiErrors.BadRequest("name in URL does not match name in Eviction object");
        var options = eviction.DeleteOptions ?? new DeleteOptions();
        if (context.DryRun)
            options = options with { DryRun = ["All"] };
        if (!await context.Server.Writer.On(context).DeleteAsync<Pod>(context.Info.Namespace, context.Info.Name, options, context.User, cancellationToken))
            throw ApiErrors.NotFound(ResourceOf<Pod>.Resource, context.Info.Name);
        return Statuses.Created;
    }
}
