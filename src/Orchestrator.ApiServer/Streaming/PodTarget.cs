using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Streaming;

/// <summary>The container a request for logs or a stream means.</summary>
internal static class PodTarget
{
    private const string DefaultContainerAnnotation = "kubectl.kubernetes.io/default-container";

    /// <exception cref="Api.Errors.ApiException">There is no such pod.</exception>
    public static async ValueTask<Pod> FindAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var (@namespace, name) = (context.Info.Namespace, context.Info.Name);
        var reader = context.Server.Reader;
        return reader.Get<Pod>(@namespace, name)
            ?? await reader.GetLatestAsync<Pod>(@namespace, name, cancellationToken)
            ?? throw ApiErrors.NotFound(ResourceOf<Pod>.Resource, name);
    }

    /// <summary>The node of a pod that has one.</summary>
    /// <exception cref="Api.Errors.ApiException">The pod has not been scheduled.</exception>
    public static string NodeOf(Pod pod) => pod.Spec?.NodeName is { Length: > 0 } node
        ? node
        : throw ApiErrors.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");

    /// <summary>The named container, or the only one.</summary>
    /// <exception cref="Api.Errors.ApiException">The pod has no such container, or several and none is named.</exception>
    public static string ContainerOf(Pod pod, string? wanted)
    {
        var name = pod.Metadata.Name;
        var own = (pod.Spec?.Containers ?? []).Select(container => container.Name!).ToList();
        var init = (pod.Spec?.InitContainers ?? []).Select(container => container.Name!).ToList();
        var ephemeral = (pod.Spec?.EphemeralContainers ?? []).Select(container => container.Name!).ToList();
        if (string.IsNullOrEmpty(wanted))
        {
            if (own.Count == 1)
                return own[0];
            if (pod.Metadata.Annotations?.GetValueOrDefault(DefaultContainerAnnotation) is { } chosen && own.Contains(chosen))
                return chosen;
            var text = $"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', own)}]";
            if (init.Count > 0)
                text += $" or one of the init containers: [{string.Join(' ', init)}]";
            throw ApiErrors.BadRequest(text);
        }

        return own.Contains(wanted) || init.Contains(wanted) || ephemeral.Contains(wanted)
            ? wanted
            : throw ApiErrors.BadRequest($"container {wanted} is not valid for pod {name}");
    }
}
