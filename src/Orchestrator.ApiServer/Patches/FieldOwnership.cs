using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Patches;

/// <summary>
/// Keeps metadata.managedFields: which manager set which fields, through which operation. One instance per request.
/// </summary>
internal class FieldOwnership
{
    public static FieldOwnership ForUpdate(RequestContext context) => new(context);

    public static FieldOwnership ForApply(RequestContext context, ResourceDefinition definition, PatchBody patch) => new(context);

    private readonly RequestContext context;

    protected FieldOwnership(RequestContext context) => this.context = context;

    /// <summary>The patched document.</summary>
    /// <param name="current">A private copy of what is stored; null when there is nothing.</param>
    /// <param name="decode">Checks and defaults the outcome.</param>
    public virtual JsonObject Apply(JsonObject? current, PatchBody patch, Func<byte[], JsonObject> decode) =>
        decode(patch.ApplyTo(current!, context.Server.Resources.Find(new Api.GroupVersionResource(context.Info.Group, context.Info.Version, context.Info.Resource))!));

    /// <param name="before">What is stored; null for a create.</param>
    /// <param name="after">What will be stored; its managedFields are rewritten.</param>
    public virtual void Record(ResourceDefinition definition, JsonObject? before, JsonObject after)
    {
    }
}
