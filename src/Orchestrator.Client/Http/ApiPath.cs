using System.Text;
using Orchestrator.Api;

namespace Orchestrator.Client;

/// <summary>URL paths and queries of the API, relative to the server's root.</summary>
public static class ApiPath
{
    /// <summary>The path of a collection, an object or a subresource.</summary>
    /// <param name="namespace">Null for all namespaces, and for kinds without namespace.</param>
    public static string Of(GroupVersionResource resource, string? @namespace, string? name = null, string? subresource = null)
    {
        var path = new StringBuilder(96);
        path.Append(resource.Group.Length == 0 ? "/api/" : "/apis/").Append(resource.ApiVersion);
        if (!string.IsNullOrEmpty(@namespace))
            path.Append("/namespaces/").Append(Uri.EscapeDataString(@namespace));
        path.Append('/').Append(resource.Resource);
        if (name is not null)
            path.Append('/').Append(Uri.EscapeDataString(name));
        if (subresource is not null)
            path.Append('/').Append(subresource);
        return path.ToString();
    }

    public static string Of<T>(string? @namespace, string? name = null, string? subresource = null)
        where T : KubernetesObject =>
        Of(ResourceOf<T>.Resource, ResourceOf<T>.Names.Namespaced ? @namespace : null, name, subresource);

    /// <summary>The query of a list or a watch, with its question mark; empty when nothing is asked for.</summary>
    public static string Query(ListOptions options, bool watch)
    {
        var query = new StringBuilder();
        Append("watch", watch ? "true" : null);
        Append("labelSelector", options.LabelSelector);
        Append("fieldSelector", options.FieldSelector);
        Append("resourceVersion", options.ResourceVersion);
        Append("resourceVersionMatch", options.ResourceVersionMatch);
        Append("limit", options.Limit is { } limit ? FormattableString.Invariant($"{limit}") : null);
        Append("continue", options.Continue);
        Append("allowWatchBookmarks", watch && options.AllowWatchBookmarks ? "true" : null);
        Append("sendInitialEvents", watch && options.SendInitialEvents ? "true" : null);
        Append("timeoutSeconds", options.Timeout is { } timeout ? FormattableString.Invariant($"{(long)timeout.TotalSeconds}") : null);
        return query.ToString();

        void Append(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                query.Append(query.Length == 0 ? '?' : '&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
