using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Selectors;

namespace Orchestrator.ApiServer.Http;

/// <summary>Reads what a request asks for from its method, path and query.</summary>
internal static class RequestInfoReader
{
    /// <summary>/apis/group/version/namespaces/x/resource/name/subresource/rest...: more parts than any of our routes tells apart.</summary>
    private const int MaxParts = 10;

    public static RequestInfo Read(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        Span<Range> ranges = stackalloc Range[MaxParts];
        var trimmed = path.AsSpan().Trim('/');
        var count = trimmed.Split(ranges, '/');
        var isCore = count > 2 && trimmed[ranges[0]] is "api";
        var isGroup = count > 3 && trimmed[ranges[0]] is "apis";
        if (!isCore && !isGroup)
            return new RequestInfo { Path = path, Verb = MethodVerb(request.Method) };

        var parts = ranges[(isCore ? 2 : 3)..count];
        return ReadResource(request, path, trimmed, isCore ? "" : trimmed[ranges[1]].ToString(), trimmed[ranges[isCore ? 1 : 2]].ToString(), parts);
    }

    private static RequestInfo ReadResource(
        HttpRequest request, string path, ReadOnlySpan<char> trimmed, string group, string version, ReadOnlySpan<Range> parts)
    {
        var @namespace = "";
        if (parts.Length > 1 && trimmed[parts[0]] is "namespaces")
        {
            @namespace = trimmed[parts[1]].ToString();
            if (parts.Length > 2 && trimmed[parts[2]] is not ("status" or "finalize"))
                parts = parts[2..];
        }

        var resource = trimmed[parts[0]].ToString();
        var name = parts.Length > 1 ? trimmed[parts[1]].ToString() : "";
        var subresource = parts.Length > 2 ? trimmed[parts[2]].ToString() : "";
        var fieldSelector = request.Query["fieldSelector"].ToString();
        var verb = ResourceVerb(request, name, subresource);
        return new RequestInfo
        {
            IsResourceRequest = true,
            Path = path,
            Verb = verb,
            Group = group,
            Version = version,
            Namespace = @namespace,
            Resource = resource,
            Name = name.Length > 0 ? name : NameInSelector(verb, fieldSelector),
            Subresource = subresource,
            SubresourcePath = parts.Length > 3 ? trimmed[parts[3].Start..].ToString() : "",
            FieldSelector = fieldSelector,
            LabelSelector = request.Query["labelSelector"].ToString(),
        };
    }

    private static string ResourceVerb(HttpRequest request, string name, string subresource) => request.Method switch
    {
        "GET" or "HEAD" when subresource.Length > 0 => "get",
        "GET" or "HEAD" when IsTrue(request.Query["watch"]) => "watch",
        "GET" or "HEAD" => name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name.Length > 0 ? "delete" : "deletecollection",
        _ => MethodVerb(request.Method),
    };

    /// <summary>A list or watch of one name by selector is authorized like a request for that name.</summary>
    private static string NameInSelector(string verb, string fieldSelector)
    {
        if (fieldSelector.Length == 0 || verb is not ("list" or "watch" or "deletecollection"))
            return "";
        try
        {
            return FieldSelectorText.Parse(fieldSelector).RequiredValue("metadata.name") ?? "";
        }
        catch (FormatException)
        {
            // The list refuses the selector with its own message.
            return "";
        }
    }

    public static bool IsTrue(string? value) => value is "true" or "1" or "True" or "TRUE" or "t" or "T";

    private static string MethodVerb(string method) => method switch
    {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        _ => method.ToLowerInvariant(),
    };
}
