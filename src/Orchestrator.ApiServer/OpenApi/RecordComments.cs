using System.Text.RegularExpressions;
using System.Xml.Linq;
using Orchestrator.Api;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>The documentation comments of the API's records, from the file the compiler writes beside the assembly. Read on first use.</summary>
internal static partial class RecordComments
{
    private static readonly Lazy<Dictionary<string, string>> Comments = new(Load);

    public static string? Of(Type record) => Comments.Value.GetValueOrDefault($"T:{record.FullName}");

    public static string? Of(System.Reflection.PropertyInfo property) => Comments.Value.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private static Dictionary<string, string> Load()
    {
        var comments = new Dictionary<string, string>();
        var path = Path.Combine(AppContext.BaseDirectory, typeof(KubernetesObject).Assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
            return comments;
        foreach (var member in XDocument.Load(path).Descendants("member"))
        {
            if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                comments[name] = Text(summary);
        }

        return comments;
    }

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(one => one.Attribute("cref") is not null).ToList())
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.', ':')[^1]);
        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
