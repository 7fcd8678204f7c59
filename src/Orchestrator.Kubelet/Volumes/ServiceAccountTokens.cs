using System.Collections.Concurrent;
using Orchestrator.Api.Authentication.V1;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>Tokens of pods' service accounts, bound to the pod; kept until four fifths of their life are over, or a day.</summary>
internal sealed class ServiceAccountTokens(IApiClient client, TimeProvider time)
{
    private const long DefaultExpirationSeconds = 3600;
    private const double UsefulShare = 0.8;
    private static readonly TimeSpan MaximumUse = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<(string PodUid, string Volume, string Path), Token> tokens = new();

    public sealed record Token(string Value, DateTimeOffset RefreshAt);

    /// <exception cref="Api.Errors.ApiException">The server refused or could not be reached, and no older token is still good.</exception>
    public async Task<Token> GetAsync(Pod pod, string volume, ServiceAccountTokenProjection source, CancellationToken cancellationToken)
    {
        var key = (pod.Uid(), volume, source.Path ?? "");
        if (tokens.TryGetValue(key, out var known) && time.GetUtcNow() < known.RefreshAt)
            return known;
        var asked = time.GetUtcNow();
        var answer = await client.CreateSubresourceAsync<ServiceAccount, TokenRequest, TokenRequest>(
            pod.Namespace(), pod.Spec?.ServiceAccountName is { Length: > 0 } name ? name : "default", "token", RequestFor(pod, source), cancellationToken);
        var value = answer.Status?.Token ?? throw new VolumeException("the server's answer holds no token");
        var life = (answer.Status.ExpirationTimestamp ?? asked + TimeSpan.FromSeconds(DefaultExpirationSeconds)) - asked;
        var use = life * UsefulShare < MaximumUse ? life * UsefulShare : MaximumUse;
        return tokens[key] = new(value, asked + use);
    }

    public void Forget(string podUid)
    {
        foreach (var key in tokens.Keys.Where(key => key.PodUid == podUid))
            tokens.TryRemove(key, out _);
    }

    private static TokenRequest RequestFor(Pod pod, ServiceAccountTokenProjection source) => new()
    {
        Spec = new()
        {
            Audiences = source.Audience is { Length: > 0 } audience ? [audience] : [],
            ExpirationSeconds = source.ExpirationSeconds ?? DefaultExpirationSeconds,
            BoundObjectRef = new() { Kind = "Pod", ApiVersion = "v1", Name = pod.Name(), Uid = pod.Uid() },
        },
    };
}
