using Orchestrator.Api;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Resources.ApiExtensions.CustomResourceDefinitions;

/// <summary>
/// The definitions of custom resources. There are none, and none can be made; but whoever asks is told so: kubectl lists them when a
/// manifest names a kind it does not know, and only then says that there is no such kind.
/// </summary>
internal sealed class CustomResourceDefinitionsResource(IKeyValueStore store) : IVirtualResource
{
    public ResourceAttribute Names { get; } =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", "customresourcedefinition") { ShortNames = ["crd", "crds"] };

    public IReadOnlyList<string> Verbs { get; } = ["list"];

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var format = ResponseFormat.Choose(context.Http!.Request, allowsShapes: false, allowsProtobuf: false);
        try
        {
            var revision = await store.GetRevisionAsync(cancellationToken);
            var body = System.Text.Encoding.UTF8.GetBytes(
                $$"""{"kind":"CustomResourceDefinitionList","apiVersion":"apiextensions.k8s.io/v1","metadata":{"resourceVersion":"{{revision}}"},"items":[]}""");
            await ResponseWriter.SendAsync(context, body, 200, format, cancellationToken);
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }
}
