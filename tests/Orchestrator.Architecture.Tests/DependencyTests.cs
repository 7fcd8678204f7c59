using System.Xml.Linq;

namespace Orchestrator.Architecture.Tests;

/// <summary>Dependencies point downwards only: a project may reference projects of lower layers, never its own or a higher one.</summary>
public sealed class DependencyTests
{
    // From the bottom up. A new project takes its place here.
    private static readonly string[][] Layers =
    [
        ["Api", "Linux", "Grpc", "Demo"],
        ["Storage", "Client", "Shim"],
        ["Network"],
        ["Runtime"],
        ["ApiServer", "Controllers", "Scheduler", "Kubelet", "Proxy", "Dns"],
        ["Cli"],
    ];

    // Two parts of one layer that may know each other, with the reason.
    private static readonly (string From, string To)[] Exceptions = [];

    private static IEnumerable<string> Projects() =>
        Directory.EnumerateFiles(Repository.Source, "*.csproj", SearchOption.AllDirectories).Select(Name);

    [TestCaseSource(nameof(Projects))]
    public void Project_References_PointDownwards(string project)
    {
        var layer = LayerOf(project);
        Assert.That(layer, Is.Not.Negative, $"{project} has no place in the layers");
        foreach (var reference in References(project))
        {
            if (!Exceptions.Contains((project, reference)))
                Assert.That(LayerOf(reference), Is.LessThan(layer), $"{project} -> {reference}");
        }
    }

    private static int LayerOf(string project) => Array.FindIndex(Layers, layer => layer.Contains(project));

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Source, $"Orchestrator.{project}", $"Orchestrator.{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Name(((string)reference.Attribute("Include")!).Replace('\\', '/')));

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path)["Orchestrator.".Length..];
}
