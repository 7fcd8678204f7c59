using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Orchestrator.Simulation.Network;

namespace Orchestrator.Simulation.Invariants;

internal enum RequestVerb { Other, Get, List, Watch, Write, Delete }

/// <summary>What a request asks for, in terms of the store's keys.</summary>
/// <param name="Prefix">Of the keys it is about; Kubernetes' own layout.</param>
/// <param name="Key">The one key it is about; null for collections and for creations.</param>
/// <param name="Version">The resourceVersion asked for; null for none.</param>
/// <param name="IsSelective">Leaves objects out by selectors or pages.</param>
internal sealed record RequestFacts(RequestVerb Verb, string Prefix, string? Key, long? Version, bool IsSelective)
{
    private static readonly RequestFacts Unknown = new(RequestVerb.Other, "", null, null, false);

    public static RequestFacts Of(Exchange exchange)
    {
        var parts = exchange.Uri.AbsolutePath.Trim('/').Split('/');
        var start = parts[0] switch { "api" when parts.Length > 2 => 2, "apis" when parts.Length > 3 => 3, _ => 0 };
        if (start == 0)
            return Unknown;
        var prefix = start == 2 ? "/registry/" : $"/registry/{parts[1]}/";
        var ns = "";
        if (parts[start] == "namespaces" && parts.Length > start + 2)
        {
            ns = parts[start + 1] + "/";
            start += 2;
        }

        // Events have two groups and one place in the store, and expire by lease.
        if (parts[start] == "events" || parts[start].EndsWith("reviews", StringComparison.Ordinal))
            return Unknown;
        prefix += parts[start] + "/" + ns;
        var key = parts.Length > start + 1 ? prefix + parts[start + 1] : null;
        var query = QueryHelpers.ParseQuery(exchange.Uri.Query);
        var version = query.TryGetValue("resourceVersion", out var text) && long.TryParse(text, out var number) ? number : (long?)null;
        var isSelective = query.ContainsKey("fieldSelector") || query.ContainsKey("labelSelector") || query.ContainsKey("limit") || query.ContainsKey("continue");
        return new RequestFacts(VerbOf(exchange.Method, key, query.ContainsKey("watch")), prefix, key, version, isSelective);
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

    private static RequestVerb VerbOf(string method, string? key, bool isWatch) => method switch
    {
        "GET" when isWatch => RequestVerb.Watch,
        "GET" => key is null ? RequestVerb.List : RequestVerb.Get,
        "POST" or "PUT" or "PATCH" => RequestVerb.Write,
        "DELETE" when key is not null => RequestVerb.Delete,
        _ => RequestVerb.Other,
    };
}
