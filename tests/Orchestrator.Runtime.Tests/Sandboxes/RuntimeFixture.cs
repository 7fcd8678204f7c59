using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Tests.Sandboxes;

/// <summary>A real runtime with real shims in directories and cgroups of the test's own. Teardown fails on anything left behind.</summary>
[Category("Root")]
internal abstract class RuntimeFixture
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected string Root { get; private set; } = "";

    protected string CgroupRoot { get; private set; } = "";

    protected BusyboxImages Images { get; private set; } = null!;

    protected LoopbackNetwork Network { get; private set; } = null!;

    protected ContainerRuntime Runtime { get; private set; } = null!;

    protected RuntimeOptions Options => new()
    {
        StateDirectory = Path.Combine(Root, "state"),
        WritableDirectory = Path.Combine(Root, "writable"),
        ShimPath = ShimPath,
        SeccompProfileDirectory = Path.Combine(Root, "seccomp"),
    };

    protected string Logs => Path.Combine(Root, "logs");

    private static string ShimPath =>
        Environment.GetEnvironmentVariable("ORC_SHIM") ?? Path.Combine(TestContext.CurrentContext.TestDirectory, "shim", "orc-shim");

    [SetUp]
    public async Task OpenAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("needs root");
        Root = Directory.CreateTempSubdirectory("orc-runtime-test-").FullName;
        CgroupRoot = "/" + Path.GetFileName(Root);
        Images = new BusyboxImages(Root);
        Network = new LoopbackNetwork();
        Runtime = await OpenRuntimeAsync();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        if (Root.Length == 0)
            return;
        foreach (var sandbox in await Runtime.ListPodSandboxesAsync(null, None))
            await Runtime.RemovePodSandboxAsync(sandbox.Id, None);
        Runtime.Dispose();
        var leaks = new List<string>();
        leaks.AddRange(Processes("orc-shim").Select(static id => $"shim {id}"));
        leaks.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(Root, StringComparison.Ordinal)));
        leaks.AddRange(Directory.GetFileSystemEntries(Options.SandboxesDirectory));
        leaks.AddRange(Directory.GetFileSystemEntries(Options.WritableDirectory));
        leaks.AddRange(Images.Holders.Select(static holder => $"hold {holder}"));
        leaks.AddRange(Network.Attached.Keys.Select(static id => $"attachment {id}"));
        var cgroups = new CgroupManager(CgroupLayout.Detect());
        leaks.AddRange(cgroups.Open(CgroupRoot).Directories.SelectMany(Directory.GetDirectories));
        if (!cgroups.Open(CgroupRoot).TryRemove())
            leaks.Add($"cgroup {CgroupRoot} is in use");
        Orchestrator.Linux.Files.FileTree.Delete(Root);
        Assert.That(leaks, Is.Empty);
    }

    protected Task<ContainerRuntime> OpenRuntimeAsync() => ContainerRuntime.OpenAsync(
        Options, Images, Network, TimeProvider.System, new Random(Random.Shared.Next()), NullLogger<ContainerRuntime>.Instance, None);

    /// <summary>Lets go of the runtime and opens another on the same directories, as after a restart of the node agent.</summary>
    protected async Task RestartAsync()
    {
        Runtime.Dispose();
        Runtime = await OpenRuntimeAsync();
    }

    protected PodSandboxConfig Pod(string name = "pod") => new()
    {
        Metadata = new PodSandboxMetadata(name, "default", "uid-" + name, 0),
        Hostname = name,
        LogDirectory = Logs,
        CgroupParent = $"{CgroupRoot}/{name}",
    };

    protected static ContainerConfig Run(params string[] command) => new()
    {
        Metadata = new ContainerMetadata("main", 0),
        Image = BusyboxImages.ImageId,
        Command = command,
        LogPath = "main.log",
    };

    protected static ContainerConfig Shell(string script) => Run("/bin/sh", "-c", script);

    protected async Task<string> StartAsync(ContainerConfig config, PodSandboxConfig? pod = null)
    {
        var sandbox = await Runtime.RunPodSandboxAsync(pod ?? Pod(), None);
        return await StartInAsync(sandbox, config);
    }

    protected async Task<string> StartInAsync(string sandbox, ContainerConfig config)
    {
        var container = await Runtime.CreateContainerAsync(sandbox, config, None);
        await Runtime.StartContainerAsync(container, None);
        return container;
    }

    /// <summary>Waits, by the runtime's events, until a container has ended.</summary>
    protected async Task<ContainerStatus> EndOfAsync(string container)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var events = Runtime.WatchEventsAsync(limit.Token);
        if (await StatusAsync(container) is { State: ContainerState.Exited } ended)
            return ended;
        await foreach (var happened in events)
        {
            if (happened.ContainerId == container && happened.Type == ContainerEventType.Exited)
                break;
        }

        return await StatusAsync(container);
    }

    protected async Task<ContainerStatus> StatusAsync(string container) => (await Runtime.ContainerStatusAsync(container, None))!;

    /// <summary>Waits until a container has written something.</summary>
    protected async Task LogContainsAsync(string container, string text)
    {
        var path = (await StatusAsync(container)).LogPath;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, limit.Token)).Contains(text, StringComparison.Ordinal))
            await Task.Delay(5, limit.Token);
    }

    /// <summary>Waits for what no event tells.</summary>
    protected static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Runs a container to its end and gives its status and the text of its output.</summary>
    protected async Task<(ContainerStatus Status, string Output)> RunToEndAsync(ContainerConfig config, PodSandboxConfig? pod = null)
    {
        var status = await EndOfAsync(await StartAsync(config, pod));
        return (status, OutputOf(status));
    }

    /// <summary>The messages of a log file, without what the CRI's format puts before them.</summary>
    protected static string OutputOf(ContainerStatus status) =>
        string.Join('\n', File.ReadAllLines(status.LogPath).Select(static line => line.Split(' ', 4)[3]));

    protected IReadOnlyList<int> Processes(string program) => Directory.GetDirectories("/proc")
        .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && CommandLine(id) is { } line && line.Contains(program, StringComparison.Ordinal) && line.Contains(Root, StringComparison.Ordinal))
        .ToArray();

    private static string? CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
