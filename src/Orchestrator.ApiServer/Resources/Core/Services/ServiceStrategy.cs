using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>
/// Services: addresses and node ports are given out before the service is stored and taken back when it goes or changes its type.
/// </summary>
internal sealed class ServiceStrategy : ResourceStrategy<Service>
{
    public override string? CheckName(string name, bool isPrefix) => NameRules.Dns1035Label(name, isPrefix);

    public override void SetDefaults(JsonObject document) => ServiceDefaults.Apply(document);

    public override void PrepareForCreate(RequestContext context, JsonObject document)
    {
        document["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        ServiceDefaults.ApplyFamilies(document);
    }

    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        ServiceTransitions.DropWhatTheTypeLacks(document, old);
        ServiceTransitions.KeepAllocations(document, old);
        ServiceDefaults.ApplyFamilies(document);
    }

    protected override void Validate(Service item, FieldErrors errors) => ServiceRules.Check(item, errors);

    protected override void ValidateChange(Service item, Service old, FieldErrors errors) => ServiceRules.CheckChange(item, old, errors);

    public override async ValueTask<IAsyncDisposable?> BeginCreateAsync(RequestContext context, ApiObject item, CancellationToken cancellationToken) =>
        await ServiceAllocation.BeginAsync(context, item, null, cancellationToken);

    public override async ValueTask<IAsyncDisposable?> BeginUpdateAsync(
        RequestContext context, ApiObject item, ApiObject old, CancellationToken cancellationToken) =>
        await ServiceAllocation.BeginAsync(context, item, old, cancellationToken);

    public override ValueTask AfterDeleteAsync(RequestContext context, ApiObject old, CancellationToken cancellationToken) =>
        ServiceAllocation.ReleaseAsync(context.Server, old.As<Service>(), cancellationToken);
}
