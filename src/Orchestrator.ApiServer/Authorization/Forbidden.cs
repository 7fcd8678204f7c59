using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Authorization;

/// <summary>The 403 of a request nobody allowed, in the words kubectl users know.</summary>
public static class Forbidden
{
    public static ApiException For(AuthorizationAttributes attributes, string reason)
    {
        if (!attributes.IsResourceRequest)
            return ApiErrors.ForbiddenPath($"forbidden: {Sentence(attributes, reason)}");
        return ApiErrors.Forbidden(new GroupVersionResource(attributes.Group, attributes.Version, attributes.Resource), attributes.Name, Sentence(attributes, reason));
    }

    /// <summary><c>User "x" cannot list resource "pods" in API group "" in the namespace "default"</c></summary>
    public static string Sentence(AuthorizationAttributes attributes, string reason)
    {
        var user = $"User \"{attributes.User.Name}\"";
        if (!attributes.IsResourceRequest)
            return WithReason($"{user} cannot {attributes.Verb} path \"{attributes.Path}\"", reason);
        var resource = attributes.Subresource.Length == 0 ? attributes.Resource : $"{attributes.Resource}/{attributes.Subresource}";
        var where = attributes.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{attributes.Namespace}\"";
        return WithReason($"{user} cannot {attributes.Verb} resource \"{resource}\" in API group \"{attributes.Group}\" {where}", reason);
    }

    private static string WithReason(string text, string reason) => reason.Length == 0 ? text : $"{text}: {reason}";
}
