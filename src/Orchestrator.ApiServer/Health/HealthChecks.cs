using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Health;

/// <summary>One thing that must hold for the server to be alive or ready.</summary>
/// <param name="IsForLiveness">Also part of /livez: its failure means the process should be replaced.</param>
/// <param name="CheckAsync">Null when well, else what is wrong.</param>
internal sealed record HealthCheck(string Name, bool IsForLiveness, Func<CancellationToken, ValueTask<string?>> CheckAsync);

/// <summary>/healthz, /livez and /readyz, as a whole or check by check, with ?verbose and ?exclude.</summary>
internal sealed class HealthChecks(IReadOnlyList<HealthCheck> checks)
{
    /// <summary>True when the path is one of ours.</summary>
    public static bool Handles(string path) => IsUnder(path, "/healthz") || IsUnder(path, "/livez") || IsUnder(path, "/readyz");

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var path = context.Info.Path.TrimEnd('/');
        var root = path[..(path.IndexOf('/', 1) is var end and > 0 ? end : path.Length)];
        var asked = path.Length > root.Length ? path[(root.Length + 1)..] : null;
        var excluded = context.Http!.Request.Query["exclude"];
        var relevant = checks.Where(check => (asked is null || check.Name == asked) && (root == "/readyz" || check.IsForLiveness) && !excluded.Contains(check.Name)).ToList();
        if (asked is not null && relevant.Count == 0)
            throw Validation.ApiErrors.UnknownPath();

        var text = new StringBuilder();
        var failed = false;
        foreach (var check in relevant)
        {
            var fault = await check.CheckAsync(cancellationToken);
            failed |= fault is not null;
            text.Append(fault is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {fault}\n");
        }

        var name = root[1..];
        text.Append(failed ? $"{name} check failed\n" : $"{name} check passed\n");
        var isVerbose = failed || context.Http.Request.Query.ContainsKey("verbose");
        var body = Encoding.UTF8.GetBytes(isVerbose ? text.ToString() : "ok");
        await ResponseWriter.WriteAsync(context.Http, body, "text/plain; charset=utf-8", failed ? 500 : 200, cancellationToken);
    }

    private static bool IsUnder(string path, string root) => path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}
