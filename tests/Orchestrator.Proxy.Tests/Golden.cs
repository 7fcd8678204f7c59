using System.Runtime.CompilerServices;

namespace Orchestrator.Proxy.Tests;

/// <summary>Compares text with a file in testdata; UPDATE_GOLDEN=1 writes the file instead.</summary>
internal static class Golden
{
    public static void Matches(string actual, string name, [CallerFilePath] string source = "")
    {
        var directory = Path.GetDirectoryName(source)!;
        while (!Directory.Exists(Path.Combine(directory, "testdata")))
            directory = Path.GetDirectoryName(directory)!;
        var path = Path.Combine(directory, "testdata", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.That(actual, Is.EqualTo(File.Exists(path) ? File.ReadAllText(path) : ""), $"differs from {path}; UPDATE_GOLDEN=1 rewrites it");
    }
}
