using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Kubelet.Server;

/// <summary>/pods: what runs here, with the status last computed.</summary>
internal sealed class PodsEndpoint(Func<IReadOnlyList<Pod>> pods)
{
    public async Task ListAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var list = new KubernetesList<Pod> { ApiVersion = "v1", Kind = "PodList", Items = pods() };
        await context.Response.Body.WriteAsync(ApiJson.Serialize(list), context.RequestAborted);
    }
}
