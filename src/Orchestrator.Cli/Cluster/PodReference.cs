using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;

namespace Orchestrator.Cli.Cluster;

/// <summary>The pod that "NAME", "pod/NAME" or "TYPE/NAME" of something that selects pods ("deployment/web", "svc/web") stands for.</summary>
internal static class PodReference
{
    /// <exception cref="UserException">Not well formed, an unknown type, a type without a selector, or no pod is selected.</exception>
    /// <exception cref="Api.Errors.ApiException">The object does not exist.</exception>
    public static async Task<string> ResolveAsync(ClusterConnection connection, string word, CancellationToken cancellationToken)
    {
        if (!word.Contains('/'))
            return word;
        var target = ResourceArguments.ParseOne(word, "pods", await ResourceMapper.LoadAsync(connection.Client, cancellationToken));
        if (target.Resource is { Group: "", Kind: "Pod" })
            return target.Name!;
        var owner = await connection.Client.GetJsonAsync(target.Resource.ObjectPath(connection.Namespace, target.Name!), "application/json", cancellationToken);
        var selector = SelectorOf(owner["spec"]?["selector"])
            ?? throw new UserException($"{word} selects no pods");
        var pods = await connection.Client.ListAsync<Pod>(connection.Namespace, new ListOptions { LabelSelector = selector.ToString() }, cancellationToken);
        return Best(pods.Items)?.Metadata.Name ?? throw new UserException($"{word} has no pods now");
    }

    /// <summary>A selector of labels alone, as of a Service, or one with matchLabels and matchExpressions; null when there is none.</summary>
    internal static LabelMatcher? SelectorOf(JsonNode? selector)
    {
        if (selector is not JsonObject { Count: > 0 } fields)
            return null;
        return fields.ContainsKey("matchLabels") || fields.ContainsKey("matchExpressions")
            ? LabelMatcher.Of(fields.Deserialize(ApiJson.TypeInfo<LabelSelector>()))
            : LabelMatcher.Of(fields.ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>()));
    }

    /// <summary>One that is most likely to answer: ready before running before others, then the oldest.</summary>
    internal static Pod? Best(IEnumerable<Pod> pods) => pods
        .OrderBy(pod => pod.Metadata.DeletionTimestamp is not null)
        .ThenBy(pod => pod.Status?.Phase != "Running")
        .ThenBy(pod => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) != true)
        .ThenBy(pod => pod.Metadata.CreationTimestamp)
        .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
        .FirstOrDefault();
}
