using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Http;

/// <summary>POSTs that other code answers, and streams that other code owns.</summary>
internal sealed class SubresourceEndpoint(AdmissionChain admission, WriteEndpoint writes)
{
    /// <summary>A create of a kind that is not stored.</summary>
    public Task CreateAsync(RequestContext context, ResourceDefinition definition, CancellationToken cancellationToken) =>
        CreateAsync(context, definition, definition.CreateHandler!, definition.Kind, definition.Schema, cancellationToken);

    /// <summary>A create-type subresource.</summary>
    public Task CreateAsync(RequestContext context, ResourceDefinition definition, Subresource subresource, CancellationToken cancellationToken) =>
        CreateAsync(context, definition, subresource.CreateHandler!, subresource.Kind!.Value, RecordSchema.Of(subresource.BodyType!), cancellationToken);

    public async Task ConnectAsync(RequestContext context, ResourceDefinition definition, Subresource subresource, CancellationToken cancellationToken)
    {
        var options = new JsonObject();
        foreach (var (name, values) in context.Http!.Request.Query)
            options[name] = values.Count == 1 ? values[0] : new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);
        var attributes = AdmissionChain.Attributes(
            context, AdmissionOperation.Connect, definition, subresource.Name, context.Info.ObjectNamespace, context.Info.Name, null, null, options);
        await admission.MutateAsync(attributes, cancellationToken);
        await admission.ValidateAsync(attributes, cancellationToken);
        await subresource.ConnectHandler!.ConnectAsync(context, cancellationToken);
    }

    private async Task CreateAsync(
        RequestContext context, ResourceDefinition definition, ICreateHandler handler, GroupVersionKind kind, SchemaNode schema, CancellationToken cancellationToken)
    {
        var format = WriteEndpoint.ReadOptions(context);
        var request = context.Http!.Request;
        var document = ObjectDecoder.Decode(context, kind, schema, await writes.ReadJsonAsync(request, schema, cancellationToken), WriteEndpoint.ValidationOf(request));
        SchemaDefaults.Apply(document, schema);
        if (definition.Names.Namespaced && document.StringAt("metadata.namespace") is null && context.Info.ObjectNamespace.Length > 0)
            document.SetAt("metadata.namespace", context.Info.ObjectNamespace);
        var body = new ApiObject(document);
        var attributes = AdmissionChain.Attributes(
            context, AdmissionOperation.Create, definition, context.Info.Subresource, context.Info.ObjectNamespace, context.Info.Name, body, null);
        await admission.MutateAsync(attributes, cancellationToken);
        await admission.ValidateAsync(attributes, cancellationToken);
        var result = await handler.CreateAsync(context, body, cancellationToken);
        await ResponseWriter.SendAsync(context, result.Body.Bytes, result.Code, format, cancellationToken);
    }
}
