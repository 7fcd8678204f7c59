using System.Text.Json.Nodes;

namespace Orchestrator.E2E.Tests;

/// <summary>The one lab all tests use: three nodes, the demo image loaded, its own data directory and kubeconfig.</summary>
[SetUpFixture]
public sealed class LabUnderTest
{
    public const string Name = "e2e";
    public const string DemoImage = "orc.dev/demo:1";

    internal static string Root { get; } = FindRoot();

    internal static string Orc { get; } = Path.Combine(Root, "bin", "orc");

    internal static string WorkDirectory { get; } = Path.Combine(Path.GetTempPath(), $"orc-e2e-{Environment.ProcessId}");

    internal static string DataDirectory => Path.Combine(WorkDirectory, "data");

    internal static string Kubeconfig => Path.Combine(WorkDirectory, "kubeconfig");

    private static MachineState before = null!;

    [OneTimeSetUp]
    public void Up()
    {
        Assert.That(File.Exists(Orc), $"{Orc} is missing: run 'make build'");
        before = MachineState.Take();
        Directory.CreateDirectory(WorkDirectory);
        RunOrc("image", "load", "--data-dir", DataDirectory, Path.Combine(Root, "bin", "demo-image.tar")).Succeeded();
        StartLab("--nodes", "3", "--node-cpu", "2", "--node-memory", "2Gi");
    }

    [OneTimeTearDown]
    public void Down()
    {
        RunOrc("down", "--name", Name, "--data-dir", DataDirectory, "--purge").Succeeded();
        var left = MachineState.Take().LeftSince(before);
        Assert.That(left, Is.Empty, "left behind on the machine");
        Assert.That(Directory.Exists(DataDirectory), Is.False, "the data directory is purged with the last lab");
        Directory.Delete(WorkDirectory, recursive: true);
    }

    internal static CommandResult RunOrc(params string[] arguments) => Command.Run(Orc, arguments);

    internal static void StartLab(params string[] more) =>
        RunOrc(["up", "--name", Name, "--data-dir", DataDirectory, "--kubeconfig", Kubeconfig, .. more]).Succeeded();

    internal static CommandResult OnLab(params string[] arguments) =>
        RunOrc([.. arguments, "--name", Name, "--data-dir", DataDirectory]);

    internal static CommandResult Kubectl(params string[] arguments) => Command.Run("kubectl", ["--kubeconfig", Kubeconfig, .. arguments]);

    internal static CommandResult Apply(string yaml) => Command.Run("kubectl", ["--kubeconfig", Kubeconfig, "apply", "-f", "-"], yaml);

    internal static JsonNode Json(params string[] arguments) => JsonNode.Parse(Kubectl([.. arguments, "-o", "json"]).Succeeded().Output)!;

    internal static string Curl(string url)
    {
        var result = Command.Run("curl", ["-s", "-S", "--max-time", "3", url]);
        return result.ExitCode == 0 ? result.Output : "";
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Orchestrator.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("the tests must run inside the source tree");
    }
}
