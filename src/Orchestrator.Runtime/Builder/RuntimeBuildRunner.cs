using Microsoft.Extensions.Logging;
using Orchestrator.Linux.Files;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Bundles;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>
/// Runs commands of a build as containers of this runtime, each in a sandbox of its own that is gone afterwards: default
/// capabilities and seccomp profile, the host's network and name resolution.
/// </summary>
/// <param name="shimPath">The native orc-shim program.</param>
/// <param name="stateDirectory">For sockets and records while a command runs, e.g. below /run; short, because sockets have short names.</param>
/// <param name="random">Makes ids.</param>
public sealed class RuntimeBuildRunner(string shimPath, string stateDirectory, TimeProvider time, Random random, ILoggerFactory loggers) : IBuildContainerRunner
{
    private const string ImageId = "build";
    private static readonly TimeSpan outputInterval = TimeSpan.FromMilliseconds(100);
    private static long counter;

    public async Task<int> RunAsync(BuildContainer container, Stream output, CancellationToken cancellationToken)
    {
        var name = $"build-{Environment.ProcessId}-{Interlocked.Increment(ref counter)}";
        var state = Path.Combine(stateDirectory, name);
        var writable = Path.Combine(Path.GetDirectoryName(container.UpperDirectory)!, "containers");
        var options = new RuntimeOptions { StateDirectory = state, WritableDirectory = writable, ShimPath = shimPath };
        using var runtime = await ContainerRuntime.OpenAsync(
            options, new StepImage(container), new NoPodNetwork(), time, random, loggers.CreateLogger<ContainerRuntime>(), cancellationToken);
        try
        {
            var sandbox = await runtime.RunPodSandboxAsync(Sandbox(name, state, container), cancellationToken);
            try
            {
                var (id, exitCode) = await RunInAsync(runtime, sandbox, Container(container), output, cancellationToken);
                TakeChanges(ContainerFiles.Upper(Path.Combine(writable, id)), container.UpperDirectory);
                return exitCode;
            }
            finally
            {
                // Under no token: what was begun is cleared away even when the caller has given up.
                await runtime.RemovePodSandboxAsync(sandbox, CancellationToken.None);
            }
        }
        finally
        {
            FileTree.Delete(state);
        }
    }

    private async Task<(string Id, int ExitCode)> RunInAsync(
        ContainerRuntime runtime, string sandbox, ContainerConfig config, Stream output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = runtime.WatchEventsAsync(stop.Token);
        var id = await runtime.CreateContainerAsync(sandbox, config, cancellationToken);
        var ended = WaitForEndAsync(events, id);
        await runtime.StartContainerAsync(id, cancellationToken);
        var status = await runtime.ContainerStatusAsync(id, cancellationToken);
        var log = new BuildLog(status!.LogPath, output);
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(outputInterval, time, stop.Token));
            log.CopyNew();
        }

        await ended;
        await stop.CancelAsync();
        log.CopyNew();
        return (id, (await runtime.ContainerStatusAsync(id, cancellationToken))!.ExitCode);
    }

    private static async Task WaitForEndAsync(IAsyncEnumerable<ContainerEvent> events, string id)
    {
        await foreach (var happened in events)
        {
            if (happened.ContainerId == id && happened.Type == ContainerEventType.Exited)
                return;
        }
    }

    private static PodSandboxConfig Sandbox(string name, string state, BuildContainer container) => new()
    {
        Metadata = new PodSandboxMetadata(name, "", name, 0),
        Hostname = "build",
        LogDirectory = state,
        CgroupParent = "/orc-" + name,
        Namespaces = new NamespaceOptions(Network: container.Network ? NamespaceMode.Node : NamespaceMode.Pod),
    };

    private static ContainerConfig Container(BuildContainer container) => new()
    {
        Metadata = new ContainerMetadata("run", 0),
        Image = ImageId,
        Command = container.Command,
        WorkingDirectory = container.WorkingDirectory,
        LogPath = "run.log",
        Mounts = container.Network ? [new Mount("/etc/resolv.conf", "/etc/resolv.conf", ReadOnly: true), new Mount("/etc/hosts", "/etc/hosts", ReadOnly: true)] : [],
        Security = new ContainerSecurity { Namespaces = new NamespaceOptions(Network: container.Network ? NamespaceMode.Node : NamespaceMode.Pod) },
    };

    /// <summary>Moves what the command changed to where the builder wants it, without the places that mounts were put on.</summary>
    private static void TakeChanges(string upper, string target)
    {
        using (var root = PathAt.OpenDirectory(upper))
        {
            foreach (var file in new[] { "etc/resolv.conf", "etc/hosts", "etc/hostname" })
            {
                if (PathAt.Status(root, LayerTree.Bytes(file), out var status) == 0 && status is { Kind: FileKind.Regular, SizeBytes: 0 })
                    PathAt.Unlink(root, LayerTree.Bytes(file));
            }

            // Removing a directory that is not there, or has content, fails: rightly so.
            foreach (var directory in new[] { "proc", "sys", "dev", "etc" })
                PathAt.Unlink(root, LayerTree.Bytes(directory), isDirectory: true);
        }

        Directory.Delete(target);
        Directory.Move(upper, target);
    }

    /// <summary>The file system of one step as an image.</summary>
    private sealed class StepImage(BuildContainer container) : IImageFilesystem
    {
        private readonly ContainerImage image = new(
            ImageId, new OciImageConfig { User = container.User, Env = container.Environment }, container.LayerDirectories);

        public ContainerImage? Find(string imageId) => image;

        // The build itself keeps its layers while it runs.
        public bool Hold(string imageId, string holderDirectory) => true;

        public void Release(string imageId, string holderDirectory)
        {
        }
    }

    /// <summary>For "--network=none": a namespace of its own with nothing in it.</summary>
    private sealed class NoPodNetwork : IPodNetwork
    {
        public PodNetworkStatus Status => new(Ready: true);

        public ValueTask<PodNetworkAttachment> AttachAsync(PodNetworkRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new PodNetworkAttachment(request.SandboxId, [], ""));

        public ValueTask DetachAsync(string sandboxId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public PodNetworkAttachment? Find(string sandboxId) => null;
    }
}
