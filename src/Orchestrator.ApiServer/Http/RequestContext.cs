using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Http;

/// <summary>One request (or one in-process write) on its way through the server. Not thread-safe.</summary>
public sealed class RequestContext
{
    private List<string>? warnings;

    public required IApiServer Server { get; init; }

    public required RequestInfo Info { get; init; }

    public UserInfo User { get; set; } = UserInfo.Anonymous;

    /// <summary>The HTTP exchange; null for in-process writes.</summary>
    public HttpContext? Http { get; init; }

    /// <summary>When the request came in, by the server's clock.</summary>
    public required DateTimeOffset Received { get; init; }

    public bool DryRun { get; set; }

    /// <summary>The fieldManager parameter, else the first part of the user agent: names the writer in managed fields and causes.</summary>
    public string FieldManager { get; set; } = "";

    /// <summary>Texts sent as Warning headers, in order, each once.</summary>
    public IReadOnlyList<string> Warnings => warnings ?? (IReadOnlyList<string>)[];

    /// <summary>Remarks of authorizers and admission for the audit log.</summary>
    public Dictionary<string, string> AuditAnnotations => field ??= [];

    public void AddWarning(string message)
    {
        warnings ??= [];
        if (!warnings.Contains(message))
            warnings.Add(message);
    }
}
