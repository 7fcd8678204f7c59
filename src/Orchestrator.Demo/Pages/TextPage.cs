using System.Globalization;
using System.Text;
using Orchestrator.Demo.State;

namespace Orchestrator.Demo.Pages;

/// <summary>The answer for curl: one line that tells the pods apart, then the rest.</summary>
internal static class TextPage
{
    public const string Usage = """
        GET  /                         this page (HTML for browsers)
        GET  /api/info                 the same as JSON
        GET  /api/resolve?name=NAME    look up a name
        GET  /readyz  /livez           what the probes ask
        POST /api/readiness?ok=false   fail the readiness probe (ok=true: pass it)
        POST /api/liveness?ok=false    fail the liveness probe
        POST /api/cpu?seconds=10       keep one processor busy
        POST /api/memory?mb=50         hold memory (mb=0: give it back)
        POST /api/exit?code=3          exit

        """;

    public static string Render(Information information)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Hello from {information.PodName} ({information.PodIp})");
        if (information.Node.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" on {information.Node}");
        text.AppendLine(CultureInfo.InvariantCulture, $", version {information.Version}, request {information.Requests}");
        foreach (var (path, content) in information.Files)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {path}: {content.TrimEnd().ReplaceLineEndings(" | ")}");
        return text.ToString();
    }
}
