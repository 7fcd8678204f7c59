using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Orchestrator.Simulation.Network;

namespace Orchestrator.Simulation.Invariants;

internal enum RequestVerb { Other, Get, List, Watch, Create, Update, Bind, Delete, DeleteCollection }

/// <summary>What a request asks for, in terms of the store's keys.</summary>
/// <param name="Kind">Of the keys of the whole kind; Kubernetes' own layout.</param>
/// <param name="Prefix">Of the keys it is about.</param>
/// <param name="Key">The one key it is about; null for collections and for creations.</param>
internal sealed record RequestFacts(RequestVerb Verb, string Kind, string Prefix, string? Key)
{
    private static readonly RequestFacts Unknown = new(RequestVerb.Other, "", "", null);

    public string Subresource { get; private init; } = "";

    /// <summary>The resourceVersion asked for; null for none.</summary>
    public long? Version { get; private init; }

    public Selection Selection { get; private init; } = Selection.Everything;

    /// <summary>A page of a list, and not the first one.</summary>
    public bool IsContinuation { get; private init; }

    /// <summary>Asks for the metadata alone.</summary>
    public bool IsPartial { get; private init; }

    public static RequestFacts Of(Exchange exchange)
    {
        var parts = exchange.Uri.AbsolutePath.Trim('/').Split('/');
        var start = parts[0] switch { "api" when parts.Length > 2 => 2, "apis" when parts.Length > 3 => 3, _ => 0 };
        if (start == 0)
            return Unknown;
        var kind = start == 2 ? "/registry/" : $"/registry/{parts[1]}/";
        var ns = "";
        if (parts[start] == "namespaces" && parts.Length > start + 2 && parts[start + 2] is not ("status" or "finalize"))
        {
            ns = parts[start + 1] + "/";
            start += 2;
        }

        // Events have two groups and one place in the store, and expire by lease.
        if (parts[start] == "events" || parts[start].EndsWith("reviews", StringComparison.Ordinal))
            return Unknown;
        kind += parts[start] + "/";
        var key = parts.Length > start + 1 ? kind + ns + parts[start + 1] : null;
        var subresource = parts.Length > start + 2 ? parts[start + 2] : "";
        var query = QueryHelpers.ParseQuery(exchange.Uri.Query);
        var verb = query.ContainsKey("dryRun") ? RequestVerb.Other : VerbOf(exchange.Method, key, subresource, query.ContainsKey("watch"));
        return new RequestFacts(verb, kind, kind + ns, key)
        {
            Subresource = subresource, IsContinuation = query.ContainsKey("continue"), IsPartial = AsksForMetadata(exchange),
            Version = query.TryGetValue("resourceVersion", out var text) && long.TryParse(text, out var number) ? number : null,
            Selection = Selection.Of(query.GetValueOrDefault("labelSelector"), query.GetValueOrDefault("fieldSelector")),
        };
    }

    /// <summary>The uid of the controller that an object in a request's body belongs to.</summary>
    public static string? OwnerIn(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        if (!document.RootElement.GetProperty("metadata").TryGetProperty("ownerReferences", out var owners))
            return null;
        foreach (var owner in owners.EnumerateArray())
        {
            if (owner.TryGetProperty("controller", out var isController) && isController.GetBoolean())
                return owner.GetProperty("uid").GetString();
        }

        return null;
    }

    private static bool AsksForMetadata(Exchange exchange) =>
        exchange.Headers.Any(header => header.Key == "Accept" && header.Value.Any(value => value.Contains("as=PartialObjectMetadata", StringComparison.Ordinal)));

    private static RequestVerb VerbOf(string method, string? key, string subresource, bool isWatch) => (method, subresource) switch
    {
        ("GET", _) when isWatch => RequestVerb.Watch,
        ("GET", "" or "status") => key is null ? RequestVerb.List : RequestVerb.Get,
        ("POST", "") when key is null => RequestVerb.Create,
        ("POST", "binding") => RequestVerb.Bind,
        ("PUT" or "PATCH", "" or "status" or "finalize") => RequestVerb.Update,
        ("DELETE", "") => key is null ? RequestVerb.DeleteCollection : RequestVerb.Delete,
        _ => RequestVerb.Other,
    };
}
