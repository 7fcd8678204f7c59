using Orchestrator.Api;
using Orchestrator.ApiServer.Discovery;
using Orchestrator.ApiServer.Health;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>From what a request asks for to the code that answers it.</summary>
internal sealed class RequestRouter(
    ResourceRegistry resources, IReadOnlyList<IVirtualResource> virtuals, ReadEndpoint reads, WatchEndpoint watches, WriteEndpoint writes, SubresourceEndpoint subresources, ScaleEndpoint scales,
    DiscoveryEndpoint discovery, HealthChecks health, IReadOnlyList<IPathHandler> paths)
{
    /// <summary>Watches and streams have no time limit of their own.</summary>
    public static bool IsLongRunning(ResourceRegistry resources, RequestInfo info) =>
        info.Verb == "watch" || (info.Subresource.Length > 0
            && resources.Find(new GroupVersionResource(info.Group, info.Version, info.Resource))?.FindSubresource(info.Subresource)?.Type == SubresourceKind.Connect);

    public Task RouteAsync(RequestContext context, CancellationToken cancellationToken) =>
        context.Info.IsResourceRequest ? RouteResourceAsync(context, cancellationToken) : RoutePathAsync(context, cancellationToken);

    private Task RouteResourceAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var info = context.Info;
        if (resources.Find(new GroupVersionResource(info.Group, info.Version, info.Resource)) is not { } definition)
            return FindVirtual(info).HandleAsync(context, cancellationToken);
        CheckScope(definition, info);
        if (info.Subresource.Length > 0)
        {
            var subresource = definition.FindSubresource(info.Subresource) ?? throw ApiErrors.UnknownPath();
            return RouteSubresourceAsync(context, definition, subresource, cancellationToken);
        }

        if (!definition.HasVerb(info.Verb))
            throw ApiErrors.MethodNotAllowed();
        return info.Verb switch
        {
            "get" => reads.GetAsync(context, definition, cancellationToken),
            "list" => reads.ListAsync(context, definition, cancellationToken),
            "watch" => watches.WatchAsync(context, definition, cancellationToken),
            "create" when !definition.IsStored => subresources.CreateAsync(context, definition, cancellationToken),
            "create" => writes.CreateAsync(context, definition, cancellationToken),
            "update" => writes.UpdateAsync(context, definition, null, cancellationToken),
            "patch" => writes.PatchAsync(context, definition, null, cancellationToken),
            "delete" => writes.DeleteAsync(context, definition, cancellationToken),
            "deletecollection" => writes.DeleteCollectionAsync(context, definition, cancellationToken),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private Task RouteSubresourceAsync(RequestContext context, ResourceDefinition definition, Subresource subresource, CancellationToken cancellationToken)
    {
        var verb = context.Info.Verb;
        if (subresource.Type == SubresourceKind.Connect)
            return subresources.ConnectAsync(context, definition, subresource, cancellationToken);
        if (!subresource.Verbs.Contains(verb))
            throw ApiErrors.MethodNotAllowed();
        return (subresource.Type, verb) switch
        {
            (SubresourceKind.View, "get") => reads.GetAsync(context, definition, cancellationToken),
            (SubresourceKind.View, "update") => writes.UpdateAsync(context, definition, subresource, cancellationToken),
            (SubresourceKind.View, "patch") => writes.PatchAsync(context, definition, subresource, cancellationToken),
            (SubresourceKind.Scale, "get") => scales.GetAsync(context, definition, subresource, cancellationToken),
            (SubresourceKind.Scale, _) => scales.UpdateAsync(context, definition, subresource, cancellationToken),
            (SubresourceKind.Create, "create") => subresources.CreateAsync(context, definition, subresource, cancellationToken),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private IVirtualResource FindVirtual(RequestInfo info)
    {
        foreach (var candidate in virtuals)
        {
            var names = candidate.Names;
            if (names.Group != info.Group || names.Version != info.Version || names.Plural != info.Resource)
                continue;
            return candidate.Verbs.Contains(info.Verb) ? candidate : throw ApiErrors.MethodNotAllowed();
        }

        throw ApiErrors.UnknownPath();
    }

    private static void CheckScope(ResourceDefinition definition, RequestInfo info)
    {
        var hasNamespace = info.Namespace.Length > 0;
        if (definition.Names.Namespaced)
        {
            // Over all namespaces there is only reading and nothing by name.
            if (!hasNamespace && (info.Verb is not ("list" or "watch" or "deletecollection") && definition.IsStored))
                throw info.Verb == "create" && info.Name.Length == 0 ? ApiErrors.MethodNotAllowed() : ApiErrors.UnknownPath();
        }
        else if (hasNamespace && definition.Resource is not { Group: "", Resource: "namespaces" })
        {
            throw ApiErrors.UnknownPath();
        }

        if (info.Subresource.Length == 0 && (info.Verb == "create" ? info.Name.Length > 0 : info.Verb is "update" or "patch" && info.Name.Length == 0))
            throw ApiErrors.MethodNotAllowed();
    }

    private async Task RoutePathAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var path = context.Info.Path;
        if (HealthChecks.Handles(path))
        {
            await health.HandleAsync(context, cancellationToken);
            return;
        }

        if (path is "/version" or "/version/")
        {
            var format = ResponseFormat.Choose(context.Http!.Request, allowsShapes: false, allowsProtobuf: false);
            await ResponseWriter.SendAsync(context, ServerVersion.Json, 200, format, cancellationToken);
            return;
        }

        foreach (var handler in paths)
        {
            if (handler.Path.EndsWith('/') ? path.StartsWith(handler.Path, StringComparison.Ordinal) : path == handler.Path)
            {
                await handler.HandleAsync(context, cancellationToken);
                return;
            }
        }

        if (context.Info.Verb is not ("get" or "head") || !await discovery.TryHandleAsync(context, cancellationToken))
            throw ApiErrors.UnknownPath();
    }
}
