using System.Text.Json;
using Orchestrator.Demo.State;

namespace Orchestrator.Demo.Pages;

/// <summary>The page for browsers. It carries what was gathered for it and asks for more by itself.</summary>
internal static class HtmlPage
{
    private const string Placeholder = "\"INFORMATION\"";
    private static readonly string template = ReadTemplate();

    /// <summary>The JSON writer escapes '&lt;', so no value can end the script it stands in.</summary>
    public static string Render(Information information) =>
        template.Replace(Placeholder, JsonSerializer.Serialize(information, DemoJson.Default.Information), StringComparison.Ordinal);

    private static string ReadTemplate()
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("index.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
