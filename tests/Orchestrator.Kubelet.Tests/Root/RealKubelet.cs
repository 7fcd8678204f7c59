using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Client.Informers;
using Orchestrator.Kubelet.Hollow;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime;
using Orchestrator.Runtime.Sandboxes;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Kubelet.Tests.Root;

/// <summary>A kubelet on the real runtime with real shims, tmpfs and cgroups, under a fake API server. Closing it fails on anything left behind.</summary>
internal sealed class RealKubelet : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orc-kubelet-root-").FullName;
    private readonly CancellationTokenSource informersStop = new();
    private readonly BusyboxImages filesystem;
    private readonly LoopbackNetwork network = new();
    private readonly FakeImages images = new();
    private readonly ListLoggerFactory logs = new();
    private InformerFactory informers = null!;
    private Task informersRun = Task.CompletedTask;
    private ContainerRuntime runtime = null!;
    private KubeletHost host = null!;
    private Task running = Task.CompletedTask;

    private RealKubelet()
    {
        filesystem = new(root);
        images.Add("busybox:1", id: BusyboxImages.ImageId);
        Options = new()
        {
            NodeName = TestKubelet.NodeName, RootDirectory = Path.Combine(root, "kubelet"), LogDirectory = Path.Combine(root, "logs"), NodeIp = IPAddress.Loopback,
            CgroupRoot = "/" + Path.GetFileName(root),
        };
    }

    public FakeCluster Cluster { get; } = new(TimeProvider.System);

    public KubeletOptions Options { get; }

    public ContainerRuntime Runtime => runtime;

    public static async Task<RealKubelet> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("needs root");
        var kubelet = new RealKubelet();
        await kubelet.OpenAsync();
        return kubelet;
    }

    /// <summary>As when the node agent is killed and started again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await OpenAsync();
    }

    public Task<Pod> CreateAsync(Pod pod) => Cluster.CreateAsync(pod, CancellationToken.None);

    public Pod? Pod(string name) => Cluster.Find<Pod>("default", name);

    public ContainerStatus? Container(string pod, string name) =>
        (Pod(pod)?.Status?.ContainerStatuses ?? []).Concat(Pod(pod)?.Status?.InitContainerStatuses ?? []).FirstOrDefault(status => status.Name == name);

    public async Task UntilAsync(Func<bool> condition)
    {
        try
        {
            await Settle.UntilAsync(condition);
        }
        catch (TimeoutException late)
        {
            var events = string.Join('\n', Cluster.All<Event>().Select(item => $"{item.InvolvedObject?.Name} {item.Reason}: {item.Message}"));
            var pods = string.Join('\n', Cluster.All<Pod>().Select(pod => $"{pod.Metadata.Name} {pod.Status?.Phase} {string.Join(' ', (pod.Status?.ContainerStatuses ?? []).Select(status => status.State))}"));
            throw new TimeoutException($"{late.Message}; pods:\n{pods}\nevents:\n{events}\nerrors: {string.Join('\n', logs.Errors)}", late);
        }
    }

    /// <summary>What a container has written so far, without the CRI's prefix.</summary>
    public string Log(string pod, string container, int attempt = 0)
    {
        var path = Path.Combine(Options.LogDirectory, $"default_{pod}_{Pod(pod)!.Metadata.Uid}", container, $"{attempt}.log");
        return File.Exists(path) ? string.Join('\n', File.ReadAllLines(path).Select(line => line.Split(' ', 4)[3])) : "";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in Cluster.All<Pod>())
            await Cluster.DeleteAsync<Pod>("default", pod.Metadata.Name!, new() { GracePeriodSeconds = 0 }, CancellationToken.None);
        await Settle.UntilAsync(() => host.Pods.Count == 0, "every pod is gone");
        await StopAsync();
        Orchestrator.Linux.Mounts.Mounting.Detach(Path.Combine(Options.RootDirectory, "memory"));
        var leaks = File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(root, StringComparison.Ordinal)).ToList();
        leaks.AddRange(network.Attached.Keys.Select(id => $"attachment {id}"));
        RemoveCgroups(leaks);
        Directory.Delete(root, recursive: true);
        informersStop.Dispose();
        Assert.That(leaks, Is.Empty);
        Assert.That(logs.Errors, Is.Empty);
    }

    private async Task OpenAsync()
    {
        runtime = await ContainerRuntime.OpenAsync(
            new() { StateDirectory = Path.Combine(root, "state"), WritableDirectory = Path.Combine(root, "writable"), ShimPath = ShimPath() },
            filesystem, network, TimeProvider.System, new Random(), NullLogger<ContainerRuntime>.Instance, CancellationToken.None);
        informers = new(Cluster, InformerOptions.Default, TimeProvider.System, new Random(1), logs);
        host = new(Options, new()
        {
            Client = Cluster, Informers = informers, Runtime = runtime, Images = images, Time = TimeProvider.System, Random = new Random(1), Logs = logs,
        });
        informersRun = informers.RunAsync(informersStop.Token);
        running = host.RunAsync(CancellationToken.None);
    }

    private async Task StopAsync()
    {
        await host.DisposeAsync();
        await running;
        runtime.Dispose();
    }

    private void RemoveCgroups(List<string> leaks)
    {
        var cgroups = new CgroupManager(CgroupLayout.Detect());
        foreach (var path in new[] { "/kubepods/burstable", "/kubepods/besteffort", "/kubepods", "" })
        {
            if (!cgroups.Open(Options.CgroupRoot + path).TryRemove())
                leaks.Add($"cgroup {Options.CgroupRoot}{path} is in use");
        }
    }

    /// <summary>The program that "make build" leaves, unless ORC_SHIM names another.</summary>
    private static string ShimPath()
    {
        if (Environment.GetEnvironmentVariable("ORC_SHIM") is { Length: > 0 } named)
            return named;
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Orchestrator.sln")))
            directory = directory.Parent;
        var built = Path.Combine(directory!.FullName, "bin", "lib", "orc", "orc-shim");
        if (!File.Exists(built))
            Assert.Ignore($"{built} is missing: make build");
        return built;
    }
}
