using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Client.Configuration;

internal static class YamlNodes
{
    public static YamlNode? Child(this YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    public static string? Text(this YamlMappingNode map, string key) => (map.Child(key) as YamlScalarNode)?.Value;

    public static void Set(this YamlMappingNode map, string key, string value) =>
        map.Children[new YamlScalarNode(key)] = new YamlScalarNode(value) { Style = NeedsQuotes(value) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };

    public static void SetBase64(this YamlMappingNode map, string key, string text) =>
        map.Set(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

    /// <summary>A text that YAML would read as another type, such as a number or a truth value.</summary>
    private static bool NeedsQuotes(string value) =>
        value.Length == 0 || double.TryParse(value, out _) || value.ToLowerInvariant() is "true" or "false" or "null" or "yes" or "no" or "on" or "off" or "~";
}
