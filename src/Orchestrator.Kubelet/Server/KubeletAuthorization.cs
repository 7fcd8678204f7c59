using System.Collections.Concurrent;
using Orchestrator.Api.Authorization.V1;
using Orchestrator.Api.Errors;

namespace Orchestrator.Kubelet.Server;

/// <summary>Who may do what here: administrators everything, others what the API server says of nodes/proxy, log, stats, metrics.</summary>
internal sealed class KubeletAuthorization(KubeletServerOptions options, string nodeName, IApiClient client, TimeProvider time)
{
    private const int MaxCached = 1000;
    private static readonly TimeSpan AllowedCacheTime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<(string User, string Verb, string Subresource), DateTimeOffset> allowed = new();

    public async ValueTask<bool> IsAllowedAsync(KubeletIdentity identity, string method, string path, CancellationToken cancellationToken)
    {
        if (options.Administrators.Contains(identity.User) || identity.Groups.Any(options.AdministratorGroups.Contains))
            return true;
        var (verb, subresource) = AttributesOf(method, path);
        if (allowed.TryGetValue((identity.User, verb, subresource), out var until) && time.GetUtcNow() < until)
            return true;
        if (!await AskAsync(identity, verb, subresource, cancellationToken))
            return false;
        if (allowed.Count >= MaxCached)
            allowed.Clear();
        allowed[(identity.User, verb, subresource)] = time.GetUtcNow() + AllowedCacheTime;
        return true;
    }

    /// <summary>A request in terms of the API's resource "nodes", as Kubernetes maps it.</summary>
    internal static (string Verb, string Subresource) AttributesOf(string method, string path)
    {
        var verb = method switch
        {
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "get",
        };
        var subresource = path switch
        {
            _ when path.StartsWith("/stats", StringComparison.Ordinal) => "stats",
            _ when path.StartsWith("/metrics", StringComparison.Ordinal) => "metrics",
            _ when path.StartsWith("/logs", StringComparison.Ordinal) => "log",
            _ when path.StartsWith("/healthz", StringComparison.Ordinal) => "healthz",
            _ when path is "/pods" or "/pods/" or "/runningpods" or "/runningpods/" => "pods",
            _ => "proxy",
        };
        return (verb, subresource);
    }

    private async Task<bool> AskAsync(KubeletIdentity identity, string verb, string subresource, CancellationToken cancellationToken)
    {
        try
        {
            var review = await client.CreateAsync(new SubjectAccessReview
            {
                Spec = new()
                {
                    User = identity.User, Groups = identity.Groups,
                    ResourceAttributes = new() { Verb = verb, Version = "v1", Resource = "nodes", Subresource = subresource, Name = nodeName },
                },
            }, cancellationToken);
            return review.Status?.Allowed == true;
        }
        catch (ApiException)
        {
            // Without the API server's word nobody else is let in.
            return false;
        }
    }
}
